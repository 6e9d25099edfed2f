"""The demo shop: a Chinese retailer invented whole from a seed, loaded through the slices' doors."""
