"""The margins of the four colours (四色管理): what a county has set, and how many households have which colour."""
