"""What the project says in words, in English and Chinese, from codes and values."""
