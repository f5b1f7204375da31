"""What several questions use: words, null models, typed arrays and typed frames."""
