namespace IotHubDsr.Sandbox;

/// <summary>What a simulated Azure is made from.</summary>
internal sealed record SandboxOptions
{
    /// <summary>Everything in the world follows from this number and the hour in which the sandbox starts.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The loopback port; 0 picks a free one.</summary>
    public int Port { get; init; }

    /// <summary>Multiplies the bulk devices and the messages in each archive blob.</summary>
    public int Scale { get; init; } = 1;

    /// <summary>The SKU of the hub, which decides its throttles.</summary>
    public string HubSku { get; init; } = "S3";

    public int HubUnits { get; init; } = 4;

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
