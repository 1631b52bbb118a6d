/* SPDX-License-Identifier: BSD-3-Clause */
#include "client.h"

#include "check.h"

#include <sys/socket.h>

#include "loop.h"

static struct sockaddr_storage address;
static socklen_t address_size;

int client_pair(struct server *server)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds),
			 0);
	server_connect(server, fds[1]);
	return fds[0];
}

/* An address without a path makes the kernel choose one: see "Autobind" in unix(7). */
void client_listen(struct server *server)
{
	const struct sockaddr_un {
		sa_family_t family;
	} any = { AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	address_size = sizeof(address);
	assert_int_equal(bind(fd, (const struct sockaddr *)&any, sizeof(any)), 0);
	assert_int_equal(listen(fd, 5), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &address_size), 0);
	assert_int_equal(server_listen(server, fd), 0);
}

int client_connect(int flags)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);

	return connect(fd, (struct sockaddr *)&address, address_size) == 0 ? fd : -1;
}

void client_send(int fd, const void *bytes, size_t size)
{
	assert_int_equal(send(fd, bytes, size, MSG_NOSIGNAL), size);
}

ssize_t client_received(int fd)
{
	static char bytes[1 << 20];
	ssize_t n, sum = 0;

	loop_settle();
	while ((n = recv(fd, bytes, sizeof(bytes), 0)) > 0)
		sum += n;
	return n == 0 && sum == 0 ? -1 : sum;
}
