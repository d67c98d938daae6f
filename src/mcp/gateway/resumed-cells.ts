import type { ModelSession } from "../../model/model-session.js";
import type { ApprovalHandler } from "../../protocol/approvals.js";
import type { NotificationHandler } from "../../protocol/events.js";
import { askClientForApproval } from "../server/client-approval.js";
import { McpCalls } from "../server/mcp-calls.js";

/**
 * Tells and asks who waits for a cell that an earlier process has started: no exec of this process has said who is.
 *
 * @param decide - Decides about approvals before the person at the client is asked.
 */
export function resumedHandlers(
  session: () => ModelSession,
  decide: ApprovalHandler | undefined,
): { readonly onNotify: NotificationHandler; readonly onApproval: ApprovalHandler } {
  return {
    onNotify: (notification) =>
      McpCalls.of(session()).resumedFeedOf(notification.cellId)?.notify(notification),
    onApproval: async (request, context) => {
      const feed = McpCalls.of(session()).resumedFeedOf(request.cellId);
      if (feed === undefined) return undefined;
      const answer = await decide?.(request, context);
      return answer ?? askClientForApproval(feed, request, context.signal);
    },
  };
}
