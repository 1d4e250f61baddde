"""社会帮扶: the record of help by society, its sums, and the 扶贫专户."""
