namespace IotHubDsr.Sandbox.World;

/// <summary>The hub's storage endpoints and routes. Some endpoints have no route and some routes no endpoint.</summary>
internal static class WorldRouting
{
    public static RoutingConfiguration Configuration { get; } =
        new(
            WorldNames.HubName,
            [
                new("raw-json", WorldNames.PlainAccount, "raw-json", RoutedEncoding.Json),
                new("raw-avro", WorldNames.PlainAccount, "raw-avro", RoutedEncoding.Avro) { IsIdentityBased = true },
                new("raw-avro-deflate", WorldNames.VersionedAccount, "raw-avro-deflate", RoutedEncoding.AvroDeflate)
                {
                    IsIdentityBased = true,
                    BatchFrequency = TimeSpan.FromSeconds(720),
                },
                new("cold-archive", WorldNames.VersionedAccount, "cold-archive", RoutedEncoding.Json)
                {
                    // The order of the tokens is the operator's choice: not every archive starts with the hub's name.
                    FileNameFormat = "{YYYY}/{MM}/{DD}/{HH}/{mm}/{iothub}-{partition}.json",
                },
                new("paused-archive", WorldNames.PlainAccount, "paused-archive", RoutedEncoding.Json),
            ],
            [
                new("telemetry-json", "DeviceMessages", "raw-json"),
                new("telemetry-avro", "DeviceMessages", "raw-avro"),
                new("telemetry-avro-deflate", "DeviceMessages", "raw-avro-deflate"),
                new("telemetry-eventhub", "DeviceMessages", "analytics-eventhub"),
                new("alerts-queue", "DeviceMessages", "alerts-queue", "temperatureAlert = 'true'"),
                new("alerts-topic", "DeviceMessages", "alerts-topic", "temperatureAlert = 'true'"),
                new("telemetry-cosmos", "DeviceMessages", "telemetry-cosmos"),
                new("telemetry-fabric", "DeviceMessages", "fabric-stream"),
                new("telemetry-quantum", "DeviceMessages", "quantum-1"),
                new("connection-states", "DeviceConnectionStateEvents", "decommissioned-sink"),
                new("lifecycle", "DeviceLifecycleEvents", "raw-json"),
                new("twin-changes", "TwinChangeEvents", "raw-avro"),
                new("telemetry-paused", "DeviceMessages", "paused-archive", IsEnabled: false),
            ]
        );
}
