/*
 * Moving a network device of the host into the container (runtime-spec, config-linux.md#network-devices). It needs the rights
 * of the host's network namespace, so the container's process asks the outer half, and that has a child of its own do it:
 * the child ends in the container's network namespace.
 */
#include "init.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_ADDRESSES 64u
#define ADDRESS_SPACE 256u

/* Addresses of one device, as the messages that add them again. */
struct addresses {
	uint32_t count;
	union {
		struct nlmsghdr header;
		char bytes[ADDRESS_SPACE];
	} message[MAX_ADDRESSES];
};

struct link_request {
	struct nlmsghdr header;
	struct ifinfomsg link;
	char attributes[64];
};

static int netlink_open(void)
{
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
}

/* Send a request and wait for the kernel's word on it. */
static int netlink_ask(int fd, struct nlmsghdr *header)
{
	union {
		struct nlmsghdr header;
		char bytes[8192];
	} answer;
	const struct nlmsgerr *error;
	ssize_t n;

	header->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	if (send(fd, header, header->nlmsg_len, 0) < 0)
		return -1;
	n = recv(fd, &answer, sizeof(answer), 0);
	if (n < (ssize_t)NLMSG_LENGTH(sizeof(*error)) || answer.header.nlmsg_type != NLMSG_ERROR) {
		errno = n < 0 ? errno : EPROTO;
		return -1;
	}
	error = NLMSG_DATA(&answer.header);
	errno = -error->error;
	return error->error == 0 ? 0 : -1;
}

static void add_attribute(struct link_request *request, unsigned short type, const void *data, size_t length)
{
	struct rtattr *attribute = (struct rtattr *)((char *)request + NLMSG_ALIGN(request->header.nlmsg_len));

	attribute->rta_type = type;
	attribute->rta_len = (unsigned short)RTA_LENGTH(length);
	memcpy(RTA_DATA(attribute), data, length);
	request->header.nlmsg_len = NLMSG_ALIGN(request->header.nlmsg_len) + (uint32_t)RTA_ALIGN(attribute->rta_len);
}

/*
 * IFA_FLAGS has all of them, ifa_flags the first eight bits. On the way the label is taken out (type 0 means nothing): it is
 * the device's name in most cases, and the device gets another.
 */
static uint32_t address_flags(struct ifaddrmsg *address, size_t length)
{
	char *at = (char *)address + NLMSG_ALIGN(sizeof(*address));
	uint32_t flags = address->ifa_flags;
	struct rtattr attribute;

	while (length >= sizeof(attribute)) {
		memcpy(&attribute, at, sizeof(attribute));
		if (attribute.rta_len < sizeof(attribute) || attribute.rta_len > length)
			break;
		if (attribute.rta_type == IFA_FLAGS && attribute.rta_len >= RTA_LENGTH(sizeof(flags)))
			memcpy(&flags, at + RTA_LENGTH(0), sizeof(flags));
		if (attribute.rta_type == IFA_LABEL) {
			attribute.rta_type = IFA_UNSPEC;
			memcpy(at, &attribute, sizeof(attribute));
		}
		if (RTA_ALIGN(attribute.rta_len) > length)
			break;
		length -= RTA_ALIGN(attribute.rta_len);
		at += RTA_ALIGN(attribute.rta_len);
	}
	return flags;
}

/* Permanent and of global scope: meant to be reached at, by whoever set it. */
static int keep_address(struct addresses *kept, struct nlmsghdr *header, int index)
{
	struct ifaddrmsg *address = NLMSG_DATA(header);

	if (header->nlmsg_len < NLMSG_SPACE(sizeof(*address)) || (int)address->ifa_index != index)
		return 0;
	if (address->ifa_scope != RT_SCOPE_UNIVERSE ||
	    !(address_flags(address, header->nlmsg_len - NLMSG_SPACE(sizeof(*address))) & IFA_F_PERMANENT))
		return 0;
	if (header->nlmsg_len > ADDRESS_SPACE || kept->count == MAX_ADDRESSES) {
		errno = E2BIG;
		return -1;
	}
	memcpy(&kept->message[kept->count++], header, header->nlmsg_len);
	return 0;
}

static int read_addresses(int fd, int index, struct addresses *kept)
{
	struct {
		struct nlmsghdr header;
		struct ifaddrmsg address;
	} request = {
		.header = { .nlmsg_len = sizeof(request), .nlmsg_type = RTM_GETADDR, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.address = { .ifa_family = AF_UNSPEC },
	};
	static union {
		struct nlmsghdr header;
		char bytes[65536];
	} answer;

	if (send(fd, &request, sizeof(request), 0) < 0)
		return -1;
	for (;;) {
		ssize_t n = recv(fd, &answer, sizeof(answer), 0);
		size_t left = (size_t)n;

		if (n < 0)
			return -1;
		for (struct nlmsghdr *m = &answer.header; NLMSG_OK(m, left); m = NLMSG_NEXT(m, left)) {
			if (m->nlmsg_type == NLMSG_DONE)
				return 0;
			if (m->nlmsg_type == NLMSG_ERROR) {
				errno = -((struct nlmsgerr *)NLMSG_DATA(m))->error;
				return -1;
			}
			if (m->nlmsg_type == RTM_NEWADDR && keep_address(kept, m, index) < 0)
				return -1;
		}
	}
}

/* A name with %d is a template: the first number that is free in this namespace, as the kernel would choose it. */
static int choose_name(const char *wanted, char name[IFNAMSIZ])
{
	const char *template = strstr(wanted, "%d");

	for (int number = 0; number < 4096; number++) {
		int length = template == NULL ? snprintf(name, IFNAMSIZ, "%s", wanted)
					      : snprintf(name, IFNAMSIZ, "%.*s%d%s", (int)(template - wanted), wanted, number, template + 2);

		if (length < 0 || length >= IFNAMSIZ) {
			errno = ENAMETOOLONG;
			return -1;
		}
		if (if_nametoindex(name) == 0)
			return 0;
		if (template == NULL)
			break;
	}
	errno = EEXIST;
	return -1;
}

static int set_up(int fd, int index, struct addresses *kept)
{
	struct link_request up = {
		.header = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)), .nlmsg_type = RTM_NEWLINK },
		.link = { .ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP },
	};

	for (uint32_t i = 0; i < kept->count; i++) {
		struct ifaddrmsg *address = NLMSG_DATA(&kept->message[i].header);

		address->ifa_index = (unsigned int)index;
		kept->message[i].header.nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL;
		kept->message[i].header.nlmsg_type = RTM_NEWADDR;
		if (netlink_ask(fd, &kept->message[i].header) < 0 && errno != EEXIST)
			return -1;
	}
	return netlink_ask(fd, &up.header);
}

/* In a child of the outer half: it stays in the container's network namespace. */
static int move_device(const char *name, const char *wanted, pid_t pid)
{
	static struct addresses kept;
	struct link_request move = {
		.header = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)), .nlmsg_type = RTM_NEWLINK },
	};
	char path[64], chosen[IFNAMSIZ];
	int index = (int)if_nametoindex(name), host = netlink_open(), inside, space;

	if (index == 0 || host < 0 || read_addresses(host, index, &kept) < 0)
		return -1;
	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	space = open(path, O_RDONLY | O_CLOEXEC);
	if (space < 0 || setns(space, CLONE_NEWNET) < 0 || choose_name(wanted, chosen) < 0)
		return -1;
	move.link.ifi_index = index;
	add_attribute(&move, IFLA_NET_NS_FD, &space, sizeof(space));
	add_attribute(&move, IFLA_IFNAME, chosen, strlen(chosen) + 1);
	/* The socket is of the host's namespace still. */
	if (netlink_ask(host, &move.header) < 0)
		return -1;
	inside = netlink_open();
	index = (int)if_nametoindex(chosen);
	if (inside < 0 || index == 0)
		return -1;
	return set_up(inside, index, &kept);
}

int net_move_device(const struct op *op, pid_t workload)
{
	int status;
	pid_t child = fork();

	if (child < 0)
		return -1;
	if (child == 0)
		_exit(move_device(op->move_netdev.name.at, op->move_netdev.wanted.at, workload) == 0 ? 0 : errno);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	errno = WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
	return errno == 0 ? 0 : -1;
}

/* The container's side. */
OP_FUNCTION(move_netdev)
{
	return ask_outer(ctx, op, NULL);
}
