/* SPDX-License-Identifier: MIT */
/* What is the same in every page of attention: its style and its script. The page must work without
 * the script, and nothing of it is ever fetched. A browser runs no script but the one with the
 * hash: its SHA-256 in base64, which tests/cli/attention-page.bats checks. */
#ifndef TJ_CLI_PLOT_ATTENTION_PAGE_H
#define TJ_CLI_PLOT_ATTENTION_PAGE_H

extern const char tj_attention_style[], tj_attention_script[], tj_attention_hash[];

#endif
