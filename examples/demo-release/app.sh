#!/bin/sh
echo "Hello from @STAGE@"
