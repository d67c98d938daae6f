/** The messages of proto/code_mode_host.proto, as they are read and written. */

export interface OpenSessionMessage {
  readonly limits?: { readonly maxYieldTimeMs?: number; readonly maxHeapSizeBytes?: number } | null;
  readonly outputTruncation?: number;
  readonly capacity?: number;
}

export type SessionEventMessage =
  | {
      readonly opened: {
        readonly sessionId: string;
        readonly outputTruncation?: number;
        readonly catalogRevisions: number;
      };
    }
  | { readonly toolCallCancelled: { readonly invocationId: string } }
  | {
      readonly notification: {
        readonly notificationId: string;
        readonly executionId: string;
        readonly cellId: string;
        readonly toolCallId: string;
        readonly text: string;
      };
    }
  | { readonly notificationCancelled: { readonly notificationId: string } }
  | {
      readonly cellClosed: {
        readonly executionId: string;
        readonly cellId: string;
        readonly finalToolCallSequence?: number;
      };
    };

export interface ToolNameMessage {
  readonly name: string;
  readonly namespace?: string;
}

export interface SubscribeMessage {
  readonly sessionId: string;
  readonly toolNames: readonly ToolNameMessage[];
}

export interface ToolCallMessage {
  readonly sessionId: string;
  readonly executionId: string;
  readonly cellId: string;
  readonly invocationId: string;
  readonly runtimeToolCallId: string;
  readonly toolName: ToolNameMessage;
  readonly kind: number;
  readonly inputJson?: string;
  readonly sequence: number;
  readonly traceparent?: string;
}

export interface CompleteToolCallMessage {
  readonly sessionId: string;
  readonly invocationId: string;
  readonly result?: { readonly outputJson: string };
  readonly failure?: { readonly message: string };
}

export interface ToolMessage {
  readonly name: string;
  readonly toolName: ToolNameMessage | null;
  readonly description: string;
  readonly kind: number;
}

export interface ExecuteMessage {
  readonly sessionId: string;
  readonly executionId: string;
  readonly toolCallId: string;
  readonly source: string;
  readonly tools: readonly ToolMessage[];
  readonly yieldTimeMs?: number;
  readonly maxOutputTokens?: number;
  readonly catalogRevision?: number;
}

export type ExecuteEventMessage =
  | { readonly started: { readonly executionId: string; readonly cellId: string } }
  | { readonly outcome: OutcomeMessage };

export interface WaitMessage {
  readonly sessionId: string;
  readonly cellId: string;
  readonly waitId: string;
  readonly yieldTimeMs: number;
  readonly maxOutputTokens?: number;
}

export type WaitResponseMessage =
  | { readonly live: OutcomeMessage }
  | { readonly missing: OutcomeMessage };

export type OutcomeMessage = {
  readonly cellId: string;
  readonly items: readonly OutputItemMessage[];
  readonly durationNs: number;
} & (
  | { readonly yielded: object }
  | { readonly terminated: object }
  | { readonly completed: { readonly errorText?: string } }
);

export type OutputItemMessage =
  | { readonly text: { readonly text: string } }
  | { readonly image: { readonly url: string; readonly detail: number } }
  | { readonly audio: { readonly url: string } };

export interface YieldObservationMessage {
  readonly sessionId: string;
  readonly executionId?: string;
  readonly waitId?: string;
}

export interface CancelWaitMessage {
  readonly sessionId: string;
  readonly waitId: string;
}

export interface TerminateMessage {
  readonly sessionId: string;
  readonly cellId: string;
  readonly maxOutputTokens?: number;
}

export interface SessionMessage {
  readonly sessionId: string;
}

export interface AcknowledgeMessage {
  readonly sessionId: string;
  readonly notificationId: string;
}
