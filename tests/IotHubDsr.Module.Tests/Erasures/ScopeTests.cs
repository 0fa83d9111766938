using System.Management.Automation;
using System.Text;
using IotHubDsr.Module.Tests.Requests;

namespace IotHubDsr.Module.Tests.Erasures;

/// <summary>Requests about some of a device's records, as a user makes, plans, runs and resumes them.</summary>
public sealed class ScopeTests
{
    private const string Account = "contosorouted";
    private const string Container = "paused-archive";
    private const string Blob = "contoso-hub/00/2026/01/05/08/00";

    private static readonly string[] Lines =
    [
        Line("dev1", "first", 0),
        Line("dev2", "first", 1),
        Line("dev1", "second", 2),
        Line("Dev1", "first", 3),
        Line("dev1", "second", 4),
        Line("dev2", "first", 5, """{"replaced":"nobody-9"}"""),
        Line("dev1", "first", 6),
    ];

    [Theory]
    [InlineData("Remove-IotDeviceData dev1 -GenerationId first -Force", "dev1 first")]
    [InlineData("New-IotErasurePlan dev1 -GenerationId first | Remove-IotDeviceData -Force", "dev1 first")]
    [InlineData("$null = New-IotErasurePlan dev1 $path -GenerationId first; Remove-IotDeviceData -Plan $path -Force", "dev1 first")]
    public void Generation_OnlyOneIncarnationIsErased_TheOthersBytesStay(string script, string gone)
    {
        using RequestSession session = StartSession();
        session.Module.Sandbox.ClearLog();

        ModuleOutcome outcome = session.Run($"param($path) {script}", session.File("a.plan.json"));

        Assert.Equal(Lines.Where(line => !IsOf(line, gone)), Read(session));
        Assert.Equal("Absent", Receipt(outcome, "DeviceRegistry").Text("Verdict"));
        Assert.Equal("OwnerAction", Receipt(outcome, "FileUploadContainer").Text("Verdict"));
        Assert.DoesNotContain(session.Module.Sandbox.Log, request => request.Mutating && request.Service == "hub");
        Assert.DoesNotContain(session.Module.Sandbox.Log, request =>
            request.Method == "DELETE" && request.Target.StartsWith("/device-uploads/", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Window_IsInclusiveAtItsStartAndExclusiveAtItsEnd_AndTheDeviceStays()
    {
        using RequestSession session = StartSession();

        ModuleOutcome outcome = session.Run(
            "Remove-IotDeviceData dev1 -StartTime 2026-01-05T08:00:02Z -EndTime 2026-01-05T09:00:06+01:00 -Force"
        );

        Assert.Equal(Lines.Where(line => !IsOf(line, "dev1 second")), Read(session));
        Assert.Equal("OwnerAction", Receipt(outcome, "DeviceRegistry").Text("Verdict"));
        Assert.Equal("OwnerAction", Receipt(outcome, "CloudToDeviceQueue").Text("Verdict"));
        Assert.Equal(
            "dev1",
            session
                .Run(
                    "Get-IotDeviceDataFootprint dev1 | Where-Object Kind -eq DeviceRegistry | Where-Object Records -gt 0 | "
                        + "ForEach-Object DeviceId"
                )
                .Single()
                .ToString()
        );
    }

    [Fact]
    public void Mention_IsFoundAndErasedOnlyWhenItIsAskedFor()
    {
        using RequestSession session = StartSession();

        ModuleOutcome without = session.Module.TryRun("Get-IotDeviceDataFootprint nobody-9 | Where-Object Records");
        ModuleOutcome with = session.Run("Get-IotDeviceDataFootprint nobody-9 -IncludeMentioned | Where-Object Records");
        session.Run("Remove-IotDeviceData nobody-9 -IncludeMentioned -Force | Out-Null");

        Assert.Empty(without.Output);
        Assert.Equal($"{Account}/{Container}", with.Single().Text("Place"));
        Assert.Equal(Lines.Where(line => !line.Contains("nobody-9", StringComparison.Ordinal)), Read(session));
    }

    [Theory]
    [InlineData("Remove-IotDeviceData dev1 -GenerationId first -EndTime 2026-02-01T00:00Z -IncludeMentioned -WhatIf")]
    [InlineData("New-IotErasurePlan dev1 -GenerationId first -EndTime 2026-02-01T00:00Z -IncludeMentioned | Remove-IotDeviceData -WhatIf")]
    public void WhatIf_SaysWhichRecordsAreMeant(string script)
    {
        using RequestSession session = StartSession();

        session.Run(script);

        string line = Assert.Single(session.Module.Host.Lines, line => line.Contains($"{Account}/{Container}", StringComparison.Ordinal));
        Assert.Contains(
            "only records of generation 'first' of the device ID, accepted before 2026-02-01T00:00:00Z; also records of other senders",
            line,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(session.Module.Host.Lines, line => line.Contains("DeviceRegistry", StringComparison.Ordinal));
    }

    [Fact]
    public void Plan_InterruptedAndResumed_KeepsToItsScope()
    {
        using RequestSession session = StartSession();
        session.Module.Sandbox.AddFault(
            new
            {
                service = "blob",
                method = "PUT",
                pathContains = "comp=blocklist",
                times = 1,
                status = 403,
            }
        );
        string path = session.File("a.plan.json");

        session.Module.TryRun(
            "param($path) $null = New-IotErasurePlan dev1 $path -StartTime 2026-01-05T08:00:01Z -EndTime 2026-01-05T08:00:05Z; "
                + "Remove-IotDeviceData -Plan $path -Force",
            path
        );
        Assert.Equal(Lines, Read(session));
        PSObject request = session.Run("Get-IotDataRequest").Single();
        session.Run("Get-IotDataRequest | Resume-IotDataRequest -Force");
        session.Run("Get-IotDataRequest | Test-IotDeviceDataErasure");

        Assert.Equal(Lines.Where(line => !IsOf(line, "dev1 second")), Read(session));
        Assert.Equal("only records accepted from 2026-01-05T08:00:01Z on, accepted before 2026-01-05T08:00:05Z", request.Text("Scope"));
        ModuleOutcome checks = session.Run("(Get-IotDataRequest).Certificates | Test-IotErasureCertificate");
        Assert.All(checks.Output, check => Assert.True(check.Text("IsValid") == "True", check.Text("Reason")));
        Assert.Equal(
            [request.Text("Scope"), request.Text("Scope"), request.Text("Scope")],
            checks.Output.Select(check => check.Text("Scope"))
        );
        Assert.DoesNotContain(session.Module.Sandbox.Log, logged => logged.Method == "DELETE" && logged.Service == "hub");
    }

    [Theory]
    [InlineData(
        "[pscustomobject]@{ DeviceId = 'dev1'; GenerationId = 'first'; StartTime = '2030-01-01'; EndTime = '2030-01-02'; "
            + "IncludeMentioned = $true }"
    )]
    [InlineData("Get-IotDeviceDataFootprint dev1 | Where-Object Kind -eq DeviceRegistry")]
    public void PipedDevice_WithAGenerationOfItsOwn_DoesNotNarrowTheRequest(string device)
    {
        using RequestSession session = StartSession();

        PSObject plan = session.Run($"{device} | New-IotErasurePlan").Single();
        session.Run($"{device} | Remove-IotDeviceData -Force | Out-Null");

        Assert.Equal("all records", plan.Text("Scope"));
        Assert.Equal(Lines.Where(line => !IsOf(line, "dev1 ")), Read(session));
    }

    [Theory]
    [InlineData("'dev1', 'dev2' | Remove-IotDeviceData -GenerationId first -Force", "ScopeNeedsOneDevice")]
    [InlineData("Get-IotDeviceDataFootprint dev1, dev2 -GenerationId first", "ScopeNeedsOneDevice")]
    [InlineData("New-IotErasurePlan -Query \"tags.site = 'stockholm'\" -GenerationId first", "ScopeNeedsOneDevice")]
    [InlineData("Remove-IotDeviceData dev1 -StartTime 2026-02-01T00:00Z -EndTime 2026-02-01T01:00+01:00 -Force", "InvalidTimeWindow")]
    [InlineData("Export-IotDeviceData dev1 ./never -StartTime 2026-02-02 -EndTime 2026-02-01", "InvalidTimeWindow")]
    [InlineData("Remove-IotDeviceData -Plan ./a.plan.json -GenerationId first -Force", "AmbiguousParameterSet")]
    [InlineData("Remove-IotDeviceData dev1 -StartTime $null -Force", "ParameterBindingFailed")]
    [InlineData("Remove-IotDeviceData dev1 -GenerationId $null -Force", "ParameterArgumentValidationError")]
    public void ScopeThatCannotBe_IsRefusedAndNothingIsReadOrChanged(string script, string error)
    {
        using RequestSession session = StartSession();
        session.Module.Sandbox.ClearLog();

        ModuleOutcome outcome = session.Module.TryRun(script);

        Assert.Contains(error, outcome.ErrorIds);
        Assert.Empty(outcome.Output);
        Assert.DoesNotContain(session.Module.Sandbox.Log, request => request.Service == "blob");
        Assert.Equal(Lines, Read(session));
    }

    private static RequestSession StartSession()
    {
        var session = new RequestSession();
        foreach (ListedBlob blob in session.Module.Sandbox.Blobs(Account, Container))
            session.Module.Sandbox.DeleteBlob(Account, Container, blob.Name);
        session.Module.Sandbox.WriteBlob(
            Account,
            Container,
            Blob,
            Encoding.UTF8.GetBytes(string.Concat(Lines.Select(line => line + "\n")))
        );

        // A blob that was written a moment ago is left alone, also where a route was switched off.
        session.Module.Sandbox.Advance(TimeSpan.FromHours(1));
        return session;
    }

    private static string[] Read(RequestSession session) =>
        Encoding
            .UTF8.GetString(session.Module.Sandbox.ReadBlob(Account, Container, Blob))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string Line(string deviceId, string generation, int second, string body = "{}") =>
        $$$"""{"EnqueuedTimeUtc":"2026-01-05T08:00:0{{{second}}}.0000000Z","Properties":{},"SystemProperties":{"connectionDeviceId":"{{{deviceId}}}","connectionDeviceGenerationId":"{{{generation}}}","enqueuedTime":"2026-01-05T08:00:0{{{second}}}.0000000Z","contentType":"application/json","contentEncoding":"utf-8"},"Body":{{{body}}}}""";

    /// <param name="line">A record.</param>
    /// <param name="sender">ID of a device, a space, and its generation, or what that begins with.</param>
    private static bool IsOf(string line, string sender)
    {
        string[] parts = sender.Split(' ');
        return line.Contains($"\"connectionDeviceId\":\"{parts[0]}\"", StringComparison.Ordinal)
            && line.Contains($"\"connectionDeviceGenerationId\":\"{parts[1]}", StringComparison.Ordinal);
    }

    private static PSObject Receipt(ModuleOutcome outcome, string kind) => outcome.Output.Single(receipt => receipt.Text("Kind") == kind);
}
