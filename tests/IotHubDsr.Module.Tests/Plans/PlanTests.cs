using System.Management.Automation;
using System.Text;

namespace IotHubDsr.Module.Tests.Plans;

/// <summary>Plans as a user saves, hands on and runs them.</summary>
public sealed class PlanTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("plan-tests-").FullName;

    private string PlanPath => Path.Combine(_folder, "dev1.plan.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void NewPlan_WithPath_SavesWhatItReturnsAndChangesNothing()
    {
        using var session = ModuleSession.Connected();

        PSObject plan = session.Run("param($path) 'dev1' | New-IotErasurePlan -Path $path", PlanPath).Single();

        Assert.Equal(PlanPath, plan.Text("Path"));
        Assert.Contains($"\"digest\":\"{plan.Text("Digest")}\"", File.ReadAllText(PlanPath), StringComparison.Ordinal);
        Assert.Contains(
            "Erase: Device 'dev1' of contoso-hub.azure-devices.net in DeviceRegistry contoso-hub (",
            File.ReadAllText(PlanPath),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(session.Sandbox.Log, request => request.Mutating);
        Assert.Equal(["PlanNotSaved"], session.TryRun("param($path) New-IotErasurePlan dev1 $path", PlanPath).ErrorIds);
    }

    [Fact]
    public void NewPlan_WhatIf_GivesThePlanAndSavesNothing()
    {
        using var session = ModuleSession.Connected();

        PSObject plan = session.Run("param($path) New-IotErasurePlan dev1 $path -WhatIf", PlanPath).Single();

        Assert.NotEmpty(plan.Items("Steps"));
        Assert.Null(plan.Get("Path"));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
        Assert.Contains(session.Host.Lines, line => line.Contains(PlanPath, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("param($path) $null = New-IotErasurePlan dev1 $path; Remove-IotDeviceData -Plan $path -Force")]
    [InlineData("$plan = New-IotErasurePlan dev1; Remove-IotDeviceData -Plan $plan -Force")]
    [InlineData("New-IotErasurePlan dev1 | Remove-IotDeviceData -Force")]
    public void Remove_Plan_ErasesAllOfItAndNothingOfOthers(string script)
    {
        using var session = ModuleSession.Connected();
        string[] places =
        [
            .. session.Sandbox.World.Containers.Where(container => container.Of("dev1").Retained == 0).Select(container => container.Place),
        ];

        ModuleOutcome outcome = session.Run(script, PlanPath);

        Assert.All(outcome.Output, receipt => Assert.Equal("dev1", receipt.Text("DeviceId")));
        Assert.Contains(outcome.Output, receipt => receipt.Text("Kind") == "DeviceRegistry" && receipt.Text("Verdict") == "Erased");
        Assert.NotEmpty(places);
        Assert.All(places, place =>
        {
            PSObject receipt = Assert.Single(outcome.Output, one => one.Text("Place") == place);
            Assert.True(receipt.Number("RecordsErased") > 0);
            Assert.Equal(0, receipt.Number("RecordsRemaining"));
        });
    }

    [Fact]
    public void Remove_PipedText_IsTheIdOfADeviceAndNoPath()
    {
        using var session = ModuleSession.Connected();

        session.Run("'dev1', [pscustomobject]@{ Id = 'dev10' } | Remove-IotDeviceData -WhatIf");

        Assert.Contains(session.Host.Lines, line =>
            line.Contains("Device 'dev1' of contoso-hub.azure-devices.net in DeviceRegistry", StringComparison.Ordinal)
        );
        Assert.Contains(session.Host.Lines, line =>
            line.Contains("Device 'dev10' of contoso-hub.azure-devices.net in DeviceRegistry", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Remove_PipedObjectThatIsNoDevice_IsNotTakenForAPlan()
    {
        using var session = ModuleSession.Connected();

        ModuleOutcome outcome = session.TryRun("[pscustomobject]@{ Path = 'a' } | Remove-IotDeviceData -Force");

        Assert.Contains("DeviceId", Assert.Single(outcome.Errors).Exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("InvalidPlan", outcome.ErrorIds);
    }

    [Theory]
    [InlineData("Remove-IotDeviceData -Plan $path -WhatIf")]
    [InlineData("$WhatIfPreference = $true; Remove-IotDeviceData -Plan $path -Force")]
    public void Remove_PlanWhatIf_NamesTheStepsAndSendsNoMutatingRequest(string script)
    {
        using var session = ModuleSession.Connected();
        session.Run("param($path) $null = New-IotErasurePlan dev1 $path", PlanPath);

        ModuleOutcome outcome = session.Run($"param($path) {script}", PlanPath);

        Assert.Empty(outcome.Output);
        Assert.Contains(session.Host.Lines, line =>
            line.Contains(
                "Device 'dev1' of contoso-hub.azure-devices.net in CloudToDeviceQueue contoso-hub (3 records",
                StringComparison.Ordinal
            )
        );
        Assert.DoesNotContain(session.Sandbox.Log, request => request.Mutating);
    }

    [Fact]
    public void Remove_EditedPlan_IsRefusedBeforeAnythingIsAsked()
    {
        using var session = ModuleSession.Connected();
        session.Run("param($path) $null = New-IotErasurePlan dev1 $path", PlanPath);
        File.WriteAllText(
            PlanPath,
            File.ReadAllText(PlanPath).Replace("\"includeRelayed\":false", "\"includeRelayed\":true", StringComparison.Ordinal)
        );
        session.Sandbox.ClearLog();

        ModuleOutcome outcome = session.TryRun("param($path) Remove-IotDeviceData -Plan $path -Force", PlanPath);

        Assert.Equal(["InvalidPlan"], outcome.ErrorIds);
        Assert.Empty(outcome.Output);
        Assert.Empty(session.Sandbox.Log);
    }

    [Fact]
    public void Remove_WorldMovedBeyondTolerance_StopsWithTheDifference()
    {
        using var session = ModuleSession.Connected();
        session.Run("param($path) $null = New-IotErasurePlan dev1 $path", PlanPath);
        ContainerTruth container = session.Sandbox.World.Containers.First(one => one.Container == "raw-json");
        ListedBlob blob = session
            .Sandbox.Blobs(container.Account, container.Container)
            .First(one => Lines(session, container, one).Any(IsOfDevice));
        string[] lines = Lines(session, container, blob);
        string more = string.Join('\n', [.. lines, .. lines.Where(IsOfDevice).Take(1), string.Empty]);
        session.Sandbox.WriteBlob(container.Account, container.Container, blob.Name, Encoding.UTF8.GetBytes(more));

        ModuleOutcome beyond = session.TryRun("param($path) Remove-IotDeviceData -Plan $path -Force", PlanPath);
        ModuleOutcome within = session.Run("param($path) Remove-IotDeviceData -Plan $path -Tolerance 1 -WhatIf", PlanPath);

        Assert.Equal(["PlanChanged"], beyond.ErrorIds);
        Assert.Contains($"RoutedBlobContainer {container.Place}: ", $"{beyond.Errors[0]}", StringComparison.Ordinal);
        Assert.Contains(within.Warnings, warning => warning.Contains(container.Place, StringComparison.Ordinal));
        Assert.DoesNotContain(session.Sandbox.Log, request => request.Mutating);
    }

    private static string[] Lines(ModuleSession session, ContainerTruth container, ListedBlob blob) =>
        Encoding
            .UTF8.GetString(session.Sandbox.ReadBlob(container.Account, container.Container, blob.Name))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static bool IsOfDevice(string line) => line.Contains("\"connectionDeviceId\":\"dev1\"", StringComparison.Ordinal);
}
