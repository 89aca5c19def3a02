"""What servers share: they listen, run beside their caller, receive uploads and check hosts."""
