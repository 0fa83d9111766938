using System.Globalization;

namespace IotHubDsr.Sandbox;

/// <summary>What a simulated Azure is made from.</summary>
internal sealed record SandboxOptions
{
    private static readonly string[] Skus = ["F1", "B1", "B2", "B3", "S1", "S2", "S3"];

    /// <summary>Everything in the world follows from this number and the hour in which the sandbox starts.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The loopback port; 0 picks a free one.</summary>
    public int Port { get; init; }

    /// <summary>Multiplies the bulk devices and the messages in each archive blob.</summary>
    public int Scale { get; init; } = 1;

    /// <summary>The SKU of the hub, which decides its throttles.</summary>
    public string HubSku { get; init; } = "S3";

    public int HubUnits { get; init; } = 4;

    /// <summary>
    /// Whether the other hub of the subscription writes to the containers of this one, and takes uploads in the same container.
    /// </summary>
    public bool NeighbourSharesContainers { get; init; }

    /// <summary>Whether Event Grid delivers the hub's events to a queue and a topic of Service Bus as well.</summary>
    public bool EventsToServiceBus { get; init; }

    /// <summary>Whether anything has been routed, uploaded and logged. Without data, containers are there and empty.</summary>
    public bool HasData { get; init; } = true;

    /// <summary>
    /// Whether the hub sends to containers alone: no other endpoint, no event subscription, no diagnostic
    /// setting, and no provisioning service.
    /// </summary>
    public bool StorageOnly { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// Reads <c>--seed N</c>, <c>--port N</c>, <c>--scale N</c>, <c>--sku S1</c>, <c>--units N</c>, <c>--data 0</c> and
    /// <c>--storage-only 1</c>.
    /// </summary>
    public static SandboxOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new SandboxOptions();
        for (int index = 0; index < arguments.Count; index += 2)
        {
            if (
                arguments[index] == "--sku"
                && index + 1 < arguments.Count
                && Skus.Contains(arguments[index + 1], StringComparer.OrdinalIgnoreCase)
            )
            {
                options = options with { HubSku = arguments[index + 1].ToUpperInvariant() };
                continue;
            }

            if (
                index + 1 == arguments.Count
                || !int.TryParse(arguments[index + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            )
            {
                throw new ArgumentException($"'{arguments[index]}' needs a number that is not negative.");
            }

            options = arguments[index] switch
            {
                "--seed" => options with { Seed = value },
                "--port" when value <= ushort.MaxValue => options with { Port = value },
                "--scale" when value > 0 => options with { Scale = value },
                "--units" when value > 0 => options with { HubUnits = value },
                "--data" when value <= 1 => options with { HasData = value == 1 },
                "--storage-only" when value <= 1 => options with { StorageOnly = value == 1 },
                _ => throw new ArgumentException(
                    $"'{arguments[index]} {value}' is not understood. Known are --seed N, --port N (0 to 65535), --scale N and --units N "
                        + $"(from 1), --data N and --storage-only N (0 or 1), and --sku with one of {string.Join(", ", Skus)}."
                ),
            };
        }

        return options;
    }
}
