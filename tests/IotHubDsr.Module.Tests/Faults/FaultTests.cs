using System.Management.Automation;
using System.Text;
using IotHubDsr.Module.Tests.Erasures;

namespace IotHubDsr.Module.Tests.Faults;

public sealed class FaultTests
{
    private const string Counts = "Get-IotDeviceDataFootprint dev1 | ForEach-Object { \"$_\" }";

    [Theory]
    [InlineData("blob", 503, null)]
    [InlineData("blob", 500, null)]
    [InlineData("hub", 429, 1)]
    [InlineData("hub", 503, null)]
    public void PassingFault_IsRetried_WithTheSameResult(string service, int status, int? retryAfter)
    {
        using var session = ModuleSession.Connected();
        List<string> undisturbed = [.. session.Run(Counts).Output.Select(text => $"{text}")];
        session.Sandbox.AddFault(
            new
            {
                service,
                skip = 1,
                times = 2,
                status,
                retryAfterSeconds = retryAfter,
            }
        );

        ModuleOutcome outcome = session.Run(Counts);

        Assert.Equal(0, session.Sandbox.PendingFaults);
        Assert.Equal(undisturbed, outcome.Output.Select(text => $"{text}"));
    }

    [Fact]
    public void ConnectionLostWhileReadingABlob_IsRetried_WithTheSameResult()
    {
        using var session = ModuleSession.Connected();
        List<string> undisturbed = [.. session.Run(Counts).Output.Select(text => $"{text}")];
        session.Sandbox.AddFault(
            new
            {
                service = "blob",
                method = "GET",
                pathContains = "/contoso-hub/",
                times = 3,
                resetAfterBytes = 500,
            }
        );

        Assert.Equal(undisturbed, session.Run(Counts).Output.Select(text => $"{text}"));
    }

    [Theory]
    [InlineData("comp=block&")]
    [InlineData("comp=blocklist")]
    public void ConnectionLostWhileRewriting_LeavesTheOldBlob_AndTheOthersGoOn(string request)
    {
        using var session = ModuleSession.Connected();
        var before = new ArchiveState(session.Sandbox);
        session.Sandbox.AddFault(
            new
            {
                service = "blob",
                host = "contosorouted.blob.core.windows.net",
                method = "PUT",
                pathContains = request,
                times = 1_000_000,
                resetAfterBytes = 20,
            }
        );

        ModuleOutcome outcome = session.TryRun("Remove-IotDeviceData dev1 -Force");

        outcome.AssertOnly("ConnectionFailed");
        var after = new ArchiveState(session.Sandbox);
        before.AssertOnlyLost(after, record => record.IsOf("dev1"), blob => blob.StartsWith("contosoarchive/", StringComparison.Ordinal));
        PSObject failed = RemoveTests.Receipt(outcome, "contosorouted/raw-json", "RoutedBlobContainer");
        Assert.Equal(("Present", 0), (failed.Text("Verdict"), failed.Number("RecordsErased")));
        Assert.True(RemoveTests.Receipt(outcome, "contosoarchive/cold-archive", "RoutedBlobContainer").Number("RecordsErased") > 0);
        Assert.Equal("Erased", RemoveTests.Receipt(outcome, "contoso-hub", "DeviceRegistry").Text("Verdict"));
    }

    [Fact]
    public void MissingPermissionOnOneAccount_IsUnreachableThere_AndTheOthersGoOn()
    {
        using var session = ModuleSession.Connected();
        session.Sandbox.Deny("blob:contosorouted");

        ModuleOutcome outcome = session.TryRun("Get-IotDeviceDataFootprint dev1 | Where-Object Kind -eq RoutedBlobContainer");

        outcome.AssertOnly("PermissionMissing");
        Assert.All(outcome.Output, finding =>
            Assert.Equal(
                finding.Text("Place").StartsWith("contosorouted/", StringComparison.Ordinal) ? "Unreachable" : "Present",
                finding.Text("Verdict")
            )
        );
        Assert.All(outcome.Errors, error =>
            Assert.Contains("Storage Blob Data", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void MissingPermissionOnTheRegistry_IsNotAbsence()
    {
        using var session = ModuleSession.Connected();
        session.Sandbox.Deny("hub:RegistryRead");

        ModuleOutcome outcome = session.TryRun("Get-IotDeviceDataFootprint dev1");

        outcome.AssertOnly("PermissionMissing");
        Assert.Equal("Unreachable", Assert.Single(outcome.Output, finding => finding.Text("Kind") == "DeviceRegistry").Text("Verdict"));
    }

    [Fact]
    public void ExpiredTokens_AreRefusedCredentials()
    {
        using var session = ModuleSession.WithSandbox();
        session.Sandbox.SetTokenLifetime(TimeSpan.FromSeconds(-60));

        ModuleOutcome outcome = session.TryRun("Connect-IotHubDsr -Sandbox $sandbox");

        outcome.AssertOnly("AuthenticationFailed");
        Assert.Empty(outcome.Output);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void UnreadableArchive_IsReportedWithItsOffset_AndNoDeviceIsAbsentThere(bool truncated)
    {
        using var session = ModuleSession.Connected();
        ListedBlob blob = session.Sandbox.Blobs("contosorouted", "raw-avro").First(blob => blob.Length > 2000);
        byte[] content = truncated
            ? session.Sandbox.ReadBlob("contosorouted", "raw-avro", blob.Name)[..1500]
            : Encoding.UTF8.GetBytes("This is not Avro.");
        session.Sandbox.WriteBlob("contosorouted", "raw-avro", blob.Name, content);

        ModuleOutcome outcome = session.TryRun("'dev1', 'semi;colon' | Get-IotDeviceDataFootprint");

        outcome.AssertOnly("ArchiveUnreadable");
        ErrorRecord error = Assert.Single(outcome.Errors);
        Assert.Contains(blob.Name, $"{error.TargetObject}", StringComparison.Ordinal);
        Assert.Matches("(offset|byte) [0-9]+", $"{error.Exception.Message}");
        Assert.DoesNotContain(outcome.Output, finding =>
            finding.Text("Place") == "contosorouted/raw-avro" && finding.Text("Verdict") == "Absent"
        );
        Assert.DoesNotContain(outcome.Output, finding =>
            finding.Text("Place") == "contosorouted/raw-json" && finding.Text("Verdict") == "Unreachable"
        );
    }

    [Fact]
    public void UnreadableArchive_IsLeftAsItIsByAnErasure_AndTheOthersGoOn()
    {
        using var session = ModuleSession.Connected();
        ListedBlob blob = session.Sandbox.Blobs("contosorouted", "raw-json").First(blob => blob.Length > 2000);
        session.Sandbox.WriteBlob(
            "contosorouted",
            "raw-json",
            blob.Name,
            Encoding.UTF8.GetBytes("{\"SystemProperties\":{\"connectionDeviceId\":\"dev1\"\n")
        );
        byte[] planted = session.Sandbox.ReadBlob("contosorouted", "raw-json", blob.Name);

        ModuleOutcome outcome = session.TryRun("Remove-IotDeviceData dev1 -Force");

        outcome.AssertOnly("ArchiveUnreadable");
        Assert.Equal(planted, session.Sandbox.ReadBlob("contosorouted", "raw-json", blob.Name));
        PSObject receipt = RemoveTests.Receipt(outcome, "contosorouted/raw-json", "RoutedBlobContainer");
        Assert.NotEqual("Erased", receipt.Text("Verdict"));
        Assert.NotEqual("ErasurePending", receipt.Text("Verdict"));
        Assert.Equal("ErasurePending", RemoveTests.Receipt(outcome, "contosorouted/paused-archive", "RoutedBlobContainer").Text("Verdict"));
    }

    [Fact]
    public void UnreadableConfiguration_IsReported_AndIsALocationItself()
    {
        using var session = ModuleSession.WithSandbox();
        session.Sandbox.AddFault(
            new
            {
                service = "arm",
                pathContains = "diagnosticSettings",
                times = 1_000_000,
                status = 403,
            }
        );
        session.Run("$null = Connect-IotHubDsr -Sandbox $sandbox");

        ModuleOutcome outcome = session.TryRun("Get-IotDataLocation");

        outcome.AssertOnly("PermissionMissing");
        Assert.Contains(outcome.Output, location => location.Text("Kind") == "UnreadConfiguration");
        Assert.Contains(outcome.Output, location => location.Text("Kind") == "RoutedBlobContainer");
    }

    [Fact]
    public void HubThatFails_DoesNotKeepTheArchivesFromBeingRead()
    {
        using var session = ModuleSession.Connected();
        session.Sandbox.AddFault(
            new
            {
                service = "hub",
                times = 1_000_000,
                status = 400,
            }
        );

        ModuleOutcome outcome = session.TryRun("Get-IotDeviceDataFootprint dev1");

        Assert.All(outcome.Output.Where(finding => finding.Text("Kind") == "RoutedBlobContainer"), finding =>
            Assert.Equal("Present", finding.Text("Verdict"))
        );
        Assert.DoesNotContain(outcome.Output, finding => finding.Text("Kind") == "DeviceRegistry" && finding.Text("Verdict") == "Absent");
        Assert.NotEmpty(outcome.Errors);
    }
}
