module csp/lab/installer

go 1.21
