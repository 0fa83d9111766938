using System.Management.Automation;
using IotHubDsr.Isolation;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Starts a simulated Azure with a hub and its data; it ends with the session.</summary>
[Cmdlet(VerbsLifecycle.Start, "IotHubSandbox", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(IotHubSandbox))]
public sealed class StartIotHubSandboxCommand : DsrCommand
{
    /// <summary>The number that the world is made from: same seed, same world.</summary>
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

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        if (!ShouldProcess($"sandbox with seed {Seed} on 127.0.0.1", "Start"))
            return;

        string assembly = Path.Combine(CoreLoadContext.ModuleBin, "sandbox", "IotHubDsr.Sandbox.dll");
        var request = new SandboxRequest { AssemblyPath = assembly, Seed = Seed, Scale = Scale, Port = Port };
        Run(cancellationToken => Engine.StartSandboxAsync(request, cancellationToken));
    }
}
