module csp/lab/eras/tools

go 1.21
