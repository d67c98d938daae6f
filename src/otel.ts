export type {
  CallTrace,
  CellTrace,
  FollowedCall,
  FollowedCell,
  FollowedRequest,
  SettledCall,
  Telemetry,
} from "./protocol/telemetry.js";
export { type OpenTelemetryOptions, openTelemetry } from "./telemetry/otel/open-telemetry.js";
