using System.Text.Json;
using System.Text.Json.Serialization;
using IotHubDsr.Sandbox.Control;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Messaging.Amqp;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox;

/// <summary>Generated serializers: reflection would cost a tenth of the start-up time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow
)]
[JsonSerializable(typeof(SandboxDescriptor))]
[JsonSerializable(typeof(IReadOnlyList<LoggedRequest>))]
[JsonSerializable(typeof(FaultRule))]
[JsonSerializable(typeof(IReadOnlyList<FaultRule>))]
[JsonSerializable(typeof(WorldTruth))]
[JsonSerializable(typeof(IReadOnlyList<ListedBlob>))]
[JsonSerializable(typeof(ClockRequest))]
[JsonSerializable(typeof(ClockState))]
[JsonSerializable(typeof(AccessRequest))]
[JsonSerializable(typeof(RolesRequest))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(RegistrationRequest))]
[JsonSerializable(typeof(HubScaleRequest))]
[JsonSerializable(typeof(HubState))]
[JsonSerializable(typeof(CopyRequest))]
[JsonSerializable(typeof(ContainerPolicyRequest))]
[JsonSerializable(typeof(AmqpFaultRule))]
[JsonSerializable(typeof(IReadOnlyList<AmqpFaultRule>))]
[JsonSerializable(typeof(EventsRequest))]
[JsonSerializable(typeof(MessagesRequest))]
[JsonSerializable(typeof(IReadOnlyList<MessagingState>))]
[JsonSerializable(typeof(MessageRequest))]
[JsonSerializable(typeof(IReadOnlyList<ListedMessage>))]
[JsonSerializable(typeof(ContainerRequest))]
[JsonSerializable(typeof(CosmosAccountRequest))]
[JsonSerializable(typeof(GenerateRequest))]
[JsonSerializable(typeof(WorkspaceRequest))]
[JsonSerializable(typeof(LogTableRequest))]
[JsonSerializable(typeof(LogRowsRequest))]
[JsonSerializable(typeof(IReadOnlyList<LogTableState>))]
[JsonSerializable(typeof(ExplorerRequest))]
[JsonSerializable(typeof(ExplorerTableRequest))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class SandboxJson : JsonSerializerContext;
