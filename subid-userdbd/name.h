/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

/*
 * The name of this service in systemd's user database. It is the name of the socket in
 * /run/systemd/userdb/ (subid-userdbd.socket), what a client must say in `service`, and
 * what every record says that it comes from.
 */
#define SERVICE_NAME "org.nss-subid.UserDatabase"
