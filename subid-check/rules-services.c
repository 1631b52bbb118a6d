/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>

#include "memory.h"
#include "rules.h"

#define NSSWITCH "/etc/nsswitch.conf"

static void add(struct pass *pass, enum finding_severity severity, const char *code, uint32_t line,
		char *reason, char *fix)
{
	findings_add(pass->findings, severity, code, NSSWITCH, line, reason, fix);
}

static bool is_asked(const struct survey *survey)
{
	return survey->nsswitch.order[NSSWITCH_PASSWD].asks_subid ||
	       survey->nsswitch.order[NSSWITCH_GROUP].asks_subid;
}

/* --- nsswitch.conf ---------------------------------------------------------------- */

static void find_missing(struct pass *pass, enum nsswitch_line which)
{
	const struct nsswitch_order *order = &pass->survey->nsswitch.order[which];
	const char *name = nsswitch_line_name(which);

	add(pass, FINDING_WARNING, "nsswitch-missing", order->line,
	    memory_print("`%s:` does not name subid, so programs do not learn the owner of a "
			 "subordinate %s.",
			 name, rules_id_names[which]),
	    order->line ? memory_print("Append the word subid to the line `%s:`.", name)
			: memory_print("Add a line `%s: files subid`.", name));
}

static void find_order(struct pass *pass, enum nsswitch_line which)
{
	const struct nsswitch_order *order = &pass->survey->nsswitch.order[which];
	const char *name = nsswitch_line_name(which);

	if (order->files_behind)
		add(pass, FINDING_ERROR, "nsswitch-order", order->line,
		    memory_print("`%s:` asks subid before the files, so a record of the module "
				 "comes before a real account.",
				 name),
		    rules_text("Put subid last."));
	else if (order->behind[0] != '\0')
		add(pass, FINDING_WARNING, "nsswitch-order", order->line,
		    memory_print("`%s:` asks subid before %s, so a record of the module comes "
				 "before an account of that service.",
				 name, order->behind),
		    rules_text("Put subid last."));
}

static void find_in_line(struct pass *pass, enum nsswitch_line which)
{
	const struct nsswitch_order *order = &pass->survey->nsswitch.order[which];
	const char *name = nsswitch_line_name(which);

	if (!order->asks_subid) {
		if (which != NSSWITCH_SHADOW)
			find_missing(pass, which);
		return;
	}
	if (order->unreached)
		add(pass, FINDING_WARNING, "nsswitch-unreached", order->line,
		    memory_print("`%s:` has [NOTFOUND=return] or a similar action before subid, "
				 "so subid is never asked.",
				 name),
		    rules_text("Remove the action, or put it behind subid."));
	if (order->forgets)
		add(pass, FINDING_ERROR, "nsswitch-forgets", order->line,
		    memory_print(
			    "`%s:` has SUCCESS=continue before subid: glibc forgets an account "
			    "that it has found, and then finds nobody.",
			    name),
		    rules_text("Remove the action."));
	find_order(pass, which);
}

/* If there is no `shadow:` line, glibc uses the `passwd:` line for it. */
static void find_shadow(struct pass *pass)
{
	const struct nsswitch *nsswitch = &pass->survey->nsswitch;
	const struct nsswitch_order *shadow = &nsswitch->order[NSSWITCH_SHADOW];
	const struct services *services = &pass->survey->services;

	if (!nsswitch->order[NSSWITCH_PASSWD].asks_subid || shadow->line == 0 || shadow->asks_subid)
		return;
	if (services->broken_shadow)
		add(pass, FINDING_ERROR, "nsswitch-shadow", shadow->line,
		    memory_print("`shadow:` does not name subid, as `passwd:` does, and %s (line "
				 "%" PRIu32 ") has broken_shadow: PAM lets a subordinate user in.",
				 services->broken_shadow, services->broken_shadow_line),
		    rules_text("Append the word subid to the line `shadow:`."));
	else
		add(pass, FINDING_WARNING, "nsswitch-shadow", shadow->line,
		    rules_text("`shadow:` does not name subid, as `passwd:` does: only pam_unix "
			       "without broken_shadow keeps a subordinate user from logging in."),
		    rules_text("Append the word subid to the line `shadow:`."));
}

static void find_in_nsswitch(struct pass *pass)
{
	const struct nsswitch *nsswitch = &pass->survey->nsswitch;

	if (nsswitch->unterminated_line > 0)
		add(pass, FINDING_WARNING, "final-newline", nsswitch->unterminated_line,
		    rules_text("The last line does not end with a newline: glibc ignores it."),
		    rules_text("End the last line with a newline."));
	if (nsswitch->malformed_line > 0) {
		add(pass, FINDING_ERROR, "nsswitch-malformed", nsswitch->malformed_line,
		    rules_text("glibc does not understand an action in brackets, and then ignores "
			       "the whole file."),
		    rules_text("Write actions as [STATUS=ACTION], such as [NOTFOUND=return]."));
		return;
	}
	for (int line = NSSWITCH_PASSWD; line < NSSWITCH_LINES; line++)
		find_in_line(pass, (enum nsswitch_line)line);
	find_shadow(pass);
}

/* --- who answers ------------------------------------------------------------------ */

static void find_source(struct pass *pass)
{
	const struct services *services = &pass->survey->services;
	uint32_t line = pass->survey->nsswitch.source_line;

	if (services->source[0] == '\0')
		return;
	if (services->userdbd == USERDBD_ANSWERS)
		add(pass, FINDING_NOTE, "source", line,
		    memory_print("Ranges come from the source %s, and not from the files: "
				 "subid-userdbd answers for them, the module does not.",
				 services->source),
		    rules_text("Nothing; getsubids OWNER shows what the source has."));
	else if (services->userdbd == USERDBD_SILENT)
		add(pass, FINDING_ERROR, "source", line,
		    memory_print("Ranges come from the source %s, but subid-userdbd, which serves "
				 "them, does not answer.",
				 services->source),
		    rules_text("systemctl restart subid-userdbd.service"));
	else
		add(pass, FINDING_ERROR, "source", line,
		    memory_print("Ranges come from the source %s, but subid-userdbd, which serves "
				 "them, is not running, so no subordinate ID has a record.",
				 services->source),
		    rules_text("systemctl enable --now subid-userdbd.socket"));
}

static void find_module(struct pass *pass)
{
	const struct module *module = &pass->survey->services.module;

	if (module->error)
		findings_add(pass->findings, is_asked(pass->survey) ? FINDING_ERROR : FINDING_NOTE,
			     "module", NULL, 0,
			     memory_print("The module cannot be loaded: %s.", module->error),
			     rules_text("Install it into a directory of the dynamic linker, and "
					"run ldconfig."));
	else if (module->answer == MODULE_SILENT)
		findings_add(pass->findings, FINDING_ERROR, "module-silent", NULL, 0,
			     memory_print("The module has no record of UID %" PRIu32
					  ", which a line of /etc/subuid delegates.",
					  module->uid),
			     rules_text("Install the same version of the module and of "
					"subid-check."));
}

static void find_nscd(struct pass *pass)
{
	if (!pass->survey->services.nscd || !is_asked(pass->survey))
		return;
	findings_add(pass->findings, FINDING_NOTE, "nscd", NULL, 0,
		     rules_text("nscd is running: after a file has changed, it still answers from "
				"its cache for a while."),
		     rules_text("nscd -i passwd; nscd -i group"));
}

static void find_mta(struct pass *pass)
{
	const char *mta = pass->survey->services.mta;

	if (!mta || !pass->survey->nsswitch.order[NSSWITCH_PASSWD].asks_subid)
		return;
	findings_add(pass->findings, FINDING_NOTE, "mail", NULL, 0,
		     memory_print("%s is installed, and accepts mail for subuid-OWNER-UID at this "
				  "host, from anybody who can send it mail.",
				  mta),
		     memory_print("Refuse such recipients as nss-subid(8) says for %s.", mta));
}

void rules_services(struct pass *pass)
{
	find_in_nsswitch(pass);
	find_mta(pass);
	if (!pass->survey->live)
		return;
	find_source(pass);
	find_module(pass);
	find_nscd(pass);
}
