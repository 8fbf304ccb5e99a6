# No bytes are not a stream.
rec-cat
