"""What people say of posts and users, beside what the tables say of them."""
