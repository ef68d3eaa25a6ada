"""What the check says of generated rulebooks with few subjects, held against all of them."""
