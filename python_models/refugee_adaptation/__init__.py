"""Analysis of how TikTok refugees settled on Xiaohongshu."""
