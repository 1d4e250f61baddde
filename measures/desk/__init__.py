"""一键式呼叫、政策咨询: asked by phone, in person or on the public page; answered, handed over, closed, rated."""
