"""Rows typed, judged and laid aside: between a file's text and the slices' doors."""
