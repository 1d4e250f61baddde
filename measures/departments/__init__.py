"""部门名单: what a department's list says held against the register, without showing either more of the other."""
