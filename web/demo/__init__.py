"""What `oer demo` shows: a written-for-it framework, three district endpoints on loopback, and a class."""
