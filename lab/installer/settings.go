package main

import (
	"regexp"
	"strconv"
	"strings"
)

// Interface is the management interface.
type Interface struct {
	// Name counts, and Hwaddr is empty, if the name is one that interfaces have.
	Name, Hwaddr string
	// Mode and ModeV6 are "static", "dhcp", ModeV6 also "autoconf"; empty for none.
	Mode, Address, Netmask, Gateway string
	ModeV6, AddressV6, GatewayV6    string
	VLAN                            int
}

func (r *Reader) settings(mode Mode) *Settings {
	settings := &Settings{Interface: r.adminInterface(mode)}
	settings.Password = r.password()
	for _, element := range r.root.all(r.release.names("", "name-server", "nameserver")...) {
		settings.NameServers = append(settings.NameServers, r.text(element))
	}
	settings.Hostname = r.maybeText("hostname")
	r.time(mode, settings)
	settings.Keymap = r.maybeText("keymap")
	if settings.Keymap == nil && r.release.Old() {
		settings.Keymap = pointer("us")
	}
	if r.release.reads("service") {
		settings.Services = r.services()
	}
	return settings
}

func pointer(text string) *string { return &text }

func (r *Reader) maybeText(name string) *string {
	if element := r.counts(name); element != nil {
		return pointer(r.text(element))
	}
	return nil
}

// Installers give all cards names like these (interface-rename). On a machine that is not the one to install, nothing else can be said of a name.
var cardName = regexp.MustCompile(`^eth\d+$`)

// nameOrHwaddr: a name that no interface has leaves it to the address.
func (r *Reader) nameOrHwaddr(element *Element) (name, hwaddr string) {
	name = r.attribute(element, "name")
	if cardName.MatchString(name) {
		return name, ""
	}
	if name != "" && r.release.Old() {
		return name, ""
	}
	hwaddr = r.attribute(element, "hwaddr")
	if r.release.Old() {
		hwaddr = strings.ToLower(hwaddr)
	}
	if name == "" && hwaddr == "" {
		stop(element.lacks("E2", "@name", "neither name nor hwaddr says which interface it is"))
	}
	return name, hwaddr
}

func (r *Reader) storageInterfaces() []StorageInterface {
	var found []StorageInterface
	for _, element := range r.root.all("fcoe-interface") {
		name, hwaddr := r.nameOrHwaddr(element)
		dcb := true
		if r.release.reads("fcoe-interface@dcb") {
			dcb = !contains([]string{"off", "no", "false", "0", "disable"}, r.attribute(element, "dcb"))
		}
		found = append(found, StorageInterface{name, hwaddr, dcb})
	}
	return found
}

func (r *Reader) adminInterface(mode Mode) Interface {
	element := r.mandatory(mode, "admin-interface")
	var card Interface
	card.Name, card.Hwaddr = r.nameOrHwaddr(element)
	if card.Name != "" && !cardName.MatchString(card.Name) && (r.release.Old() || r.release.AtLeast("xs9")) {
		stop(element.lacks("E3", "@name", "no interface has the name %s, and the installer stops", quoted(card.Name)))
	}
	r.ipv4(element, &card)
	if r.release.reads("admin-interface@protov6") {
		r.ipv6(element, &card)
	}
	if r.release.reads("admin-interface@vlan") {
		card.VLAN = r.vlan(element)
	}
	if card.Mode == "" && card.ModeV6 == "" {
		stop(element.lacks("E4", "@protov6", "the interface has neither IPv4 nor IPv6, and the installer stops"))
	}
	return card
}

func (r *Reader) ipv4(element *Element, card *Interface) {
	proto := r.required(element, "proto", "it says how the host gets its address")
	switch proto {
	case "static":
		card.Mode = proto
		card.Address = r.within(element, "admin-interface/ipaddr", "ip", "ipaddr")
		card.Netmask = r.within(element, "admin-interface/subnet", "subnet-mask", "subnet")
		card.Gateway = r.within(element, "", "gateway", "gateway")
		r.filled(element, card.Address, "ip", "ipaddr")
		r.filled(element, card.Netmask, "subnet-mask", "subnet")
	case "dhcp":
		card.Mode = proto
	default:
		if r.release.Old() {
			stop(element.lacks("E3", "@proto", "%s", notOneOf(proto, []string{"static", "dhcp"})))
		}
	}
}

func (r *Reader) ipv6(element *Element, card *Interface) {
	switch proto := r.attribute(element, "protov6"); proto {
	case "static":
		card.ModeV6 = proto
		card.AddressV6 = r.within(element, "", "ipv6", "ipv6")
		card.GatewayV6 = r.within(element, "", "gatewayv6", "gatewayv6")
		r.filled(element, card.AddressV6, "ipv6")
	case "dhcp", "autoconf":
		card.ModeV6 = proto
	}
}

// within is the text of a child, which has a second name in the releases that read it.
func (r *Reader) within(element *Element, word, name, alias string) string {
	names, shown := []string{name}, name
	if word != "" && r.release.reads(word) {
		names, shown = append(names, alias), alias
	}
	child := element.first(names...)
	if child == nil {
		if other := element.first(alias); other != nil {
			stop(other.broken("E8", "%s does not read the element %s", r.release.Product, quoted(alias)))
		}
		stop(element.lacks("E4", "/"+shown, "a static address needs %s, and the installer stops without it", shown))
	}
	return r.text(child)
}

// filled: with an empty address, the parser fails.
func (r *Reader) filled(element *Element, text string, names ...string) {
	if text == "" {
		child := element.first(names...)
		stop(child.broken("E4", "a static address needs %s, and it is empty", child.Name))
	}
}

var digits = regexp.MustCompile(`^\d+$`)

func (r *Reader) vlan(element *Element) int {
	text := r.attribute(element, "vlan")
	if text == "" {
		return 0
	}
	number, err := strconv.Atoi(text)
	if err != nil || !digits.MatchString(text) || number < 1 || number > 4094 {
		stop(element.lacks("E5", "@vlan", "%s is not a VLAN from 1 to 4094, and the installer stops", quoted(text)))
	}
	return number
}

// password: without one, the host asks for it at its first boot.
func (r *Reader) password() *Password {
	element := r.root.first("root-password")
	if element == nil {
		if r.release.Old() {
			return &Password{"pwdhash", "!!"}
		}
		return nil
	}
	kind := r.oneOf(element, "plaintext", []string{"plaintext", "hash"}, "type")
	if kind == "hash" {
		kind = "pwdhash"
	}
	return &Password{kind, r.text(element)}
}

var ntpSources = []string{"dhcp", "default", "manual", "none"}

func (r *Reader) time(mode Mode, settings *Settings) {
	if r.release.Old() {
		r.mandatory(mode, "timezone")
	}
	if zone := r.root.first("timezone"); zone != nil {
		settings.Timezone = pointer(r.text(zone))
	} else if r.release.AtLeast("6.2") {
		settings.Timezone = pointer("Etc/UTC")
	}
	servers := r.root.all(r.release.names("", "ntp-server", "ntp-servers")...)
	if r.release.reads("ntp") {
		settings.NTPMethod = r.ntpMethod(servers, settings.Interface)
	}
	for _, server := range servers {
		settings.NTPServers = append(settings.NTPServers, r.text(server))
	}
}

func (r *Reader) ntpMethod(servers []*Element, card Interface) string {
	elements := r.root.all("ntp")
	if len(elements) > 1 {
		stop(elements[1].broken("E7", "there are %d ntp elements, and the installer stops", len(elements)))
	}
	method := "default"
	switch {
	case len(elements) == 1:
		method = r.required(elements[0], "source", "it is one of dhcp, default, manual, none")
		if !contains(ntpSources, method) {
			stop(elements[0].lacks("E3", "@source", "%s", notOneOf(method, ntpSources)))
		}
	case len(servers) > 0:
		method = "manual"
	case card.Mode == "dhcp":
		method = "dhcp"
	}
	if len(servers) > 0 && method != "manual" {
		stop(servers[0].broken("E6", "servers are given, but the source is %s, and the installer stops", method))
	}
	return method
}

func (r *Reader) services() map[string]string {
	services := map[string]string{}
	for _, element := range r.root.all("service") {
		name := r.required(element, "name", "it says which service")
		if _, twice := services[name]; twice {
			stop(element.broken("E7", "service %s is there more than once, and the installer stops", quoted(name)))
		}
		services[name] = r.required(element, "state", "it says enabled or disabled")
		r.oneOf(element, "", []string{"enabled", "disabled"}, "state")
	}
	return services
}
