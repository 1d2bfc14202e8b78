/* Which stacks there are. */
#ifndef TAPIR_TESTS_STACK_CHOICES_H
#define TAPIR_TESTS_STACK_CHOICES_H

#include "stack_layers.h"

/* Calls `visit` for stacks over `link`. Without tunnels and with one, and with all of them if
 * `everything`: every outer network, sequence of tunnels, inner network and transport that go
 * together; the networks between take turns. Else every sequence of two tunnels between every two
 * networks, with one transport, so that over all links they meet every transport; and every
 * sequence of three and of four tunnels with one of the networks and transports, so that over all
 * links each sequence meets each of them. */
void each_stack(enum link link, bool everything, void (*visit)(const struct stack *stack));

#endif
