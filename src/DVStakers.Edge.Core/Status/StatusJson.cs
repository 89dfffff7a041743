using System.Text.Json.Serialization;

namespace DVStakers.Edge.Core.Status;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(StatusReport))]
public sealed partial class StatusJson : JsonSerializerContext;
