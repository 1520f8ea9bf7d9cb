variable "hosts" {
  description = "How to reach each host, where `ssh HOST` alone does not."
  type = map(object({
    address     = string
    port        = optional(number)
    user        = optional(string)
    host_key    = optional(string)
    private_key = optional(string)
  }))
  default = {}
}

variable "office" {
  description = "Networks that may log in to the guest."
  type        = list(string)
  default     = ["203.0.113.0/24"]
}
