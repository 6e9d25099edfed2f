"""The demo shop: a Chinese retailer invented whole from a seed, loaded through the slices' doors.

`guibin.config.demo.load.load_shop` is the way in.
"""
