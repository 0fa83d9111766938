using System.Management.Automation;
using IotHubDsr.Isolation;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Starts a simulated Azure with a hub and its data; it ends with the session.</summary>
[Cmdlet(VerbsLifecycle.Start, "IotHubSandbox", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(IotHubSandbox))]
public sealed class StartIotHubSandboxCommand : DsrCommand
{
    /// <summary>The seed of the simulated world: same seed, same world.</summary>
    [Parameter(Position = 0)]
    [ValidateRange(0, int.MaxValue)]
    public int Seed { get; set; } = 1;

    /// <summary>Multiplies the number of bulk devices and messages.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int Scale { get; set; } = 1;

    /// <summary>Port on 127.0.0.1; a free one by default.</summary>
    [Parameter]
    [ValidateRange(0, 65535)]
    public int Port { get; set; }

    /// <summary>SKU of the hub, which decides its throttles; S3 by default.</summary>
    [Parameter]
    [ValidateSet("F1", "B1", "B2", "B3", "S1", "S2", "S3")]
    public string? Sku { get; set; }

    /// <summary>Units of the hub; 4 by default, and 1 with -Sku.</summary>
    [Parameter]
    [ValidateRange(1, 200)]
    public int Units { get; set; }

    /// <summary>How long to wait until it is ready.</summary>
    [Parameter]
    [ValidateRange(1, 3600)]
    public int TimeoutSeconds { get; set; } = 120;

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        if (!ShouldProcess($"sandbox with seed {Seed} on 127.0.0.1", "Start"))
            return;

        string assembly = Path.Combine(CoreLoadContext.ModuleBin, "sandbox", "IotHubDsr.Sandbox.dll");
        var options = new StartSandboxOptions
        {
            AssemblyPath = assembly,
            Seed = Seed,
            Scale = Scale,
            Port = Port,
            Sku = Sku,
            Units =
                Units > 0 ? Units
                : Sku is null ? null
                : 1,
            Timeout = TimeSpan.FromSeconds(TimeoutSeconds),
        };
        Run(cancellationToken => Engine.StartSandboxAsync(options, cancellationToken));
    }
}
