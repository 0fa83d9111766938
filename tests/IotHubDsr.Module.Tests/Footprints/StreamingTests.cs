namespace IotHubDsr.Module.Tests.Footprints;

public sealed class StreamingTests
{
    [Fact]
    public void Finding_ArrivesBeforeAllDevicesAreGiven()
    {
        const string script = """
            $seen = 0
            $given = & {
                for ($i = 0; $seen -eq 0 -and $i -lt 500000; $i++) { 'dev1' }
                $script:seenWhileGiving = $seen
            } | Get-IotDeviceDataFootprint | ForEach-Object { $script:seen++ }
            $seenWhileGiving
            """;
        using var session = ModuleSession.Connected();

        Assert.True((int)session.Run(script).Single().BaseObject > 0);
    }

    [Fact]
    public void HundredDevices_ListEachContainerOnce()
    {
        using var session = ModuleSession.Connected();
        IReadOnlyList<ContainerTruth> containers = session.Sandbox.World.Containers;
        string[] devices = [.. session.Sandbox.World.Devices, .. Enumerable.Range(0, 100).Select(number => $"ghost-{number}")];

        ModuleOutcome outcome = session.TryRun(
            "param($devices) $devices | Get-IotDeviceDataFootprint -ErrorAction Ignore | Where-Object Kind -eq RoutedBlobContainer",
            (object)devices[..100]
        );

        Assert.Equal(100 * containers.Count, outcome.Output.Count);
        foreach (ContainerTruth container in containers)
        {
            // Once to read it, and once more for what has moved meanwhile.
            Assert.Equal(
                2,
                session.Sandbox.Log.Count(request =>
                    request.BeginsListing
                    && request.Host.StartsWith(container.Account, StringComparison.Ordinal)
                    && request.Target.StartsWith($"/{container.Container}?", StringComparison.Ordinal)
                )
            );
        }
    }

    [Fact]
    public void FirstFinding_IsEnough_WhenNoMoreIsAskedFor()
    {
        using var session = ModuleSession.Connected();
        session.Sandbox.AddFault(
            new
            {
                service = "blob",
                times = 1000,
                latencyMilliseconds = 100,
            }
        );

        ModuleOutcome outcome = session.Run("Get-IotDeviceDataFootprint dev1 | Limit-Output -First 1");

        Assert.Single(outcome.Output);
        AssertQuiet(session, "blob");
        int blobs = session.Sandbox.World.Containers.Sum(container => container.Blobs);
        Assert.InRange(session.Sandbox.Log.Count(request => request.Service == "blob"), 0, blobs / 4);
    }

    [Fact]
    public void Break_DownstreamEndsTheWork()
    {
        using var session = ModuleSession.Connected();
        session.Sandbox.AddFault(
            new
            {
                service = "blob",
                times = 1000,
                latencyMilliseconds = 100,
            }
        );

        ModuleOutcome outcome = session.Run("foreach ($once in 1) { Get-IotDeviceDataFootprint dev1 | ForEach-Object { 'one'; break } }");

        Assert.Single(outcome.Output);
        AssertQuiet(session, "blob");
    }

    [Fact]
    public void ErrorDownstream_EndsTheWork()
    {
        using var session = ModuleSession.Connected();
        session.Sandbox.AddFault(
            new
            {
                service = "blob",
                times = 1000,
                latencyMilliseconds = 100,
            }
        );

        ModuleOutcome outcome = session.TryRun("Get-IotDeviceDataFootprint dev1 | ForEach-Object { throw 'enough' }");

        Assert.Equal("enough", $"{outcome.Terminating}");
        AssertQuiet(session, "blob");
    }

    /// <summary>A service is sent nothing more, while another is asked often enough for a forgotten worker to show itself.</summary>
    /// <remarks>
    /// What was under way when the workers ended can still reach the log: a request that its sender has given up is read by the
    /// sandbox a moment later. A forgotten worker goes on for longer than the first questions take.
    /// </remarks>
    internal static void AssertQuiet(ModuleSession session, string service)
    {
        Ask(times: 5);
        long last = Last();
        Ask(times: 20);
        Assert.Equal(last, Last());

        void Ask(int times)
        {
            for (int round = 0; round < times; round++)
                session.Run("$null = Connect-IotHubDsr -Sandbox $sandbox");
        }

        long Last() =>
            session.Sandbox.Log.Where(request => request.Service == service).Select(request => request.Sequence).DefaultIfEmpty().Max();
    }
}
