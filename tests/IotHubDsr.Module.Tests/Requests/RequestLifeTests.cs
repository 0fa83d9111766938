using System.Management.Automation;
using System.Text.RegularExpressions;
using IotHubDsr.Module.Tests.Certificates;
using IotHubDsr.Module.Tests.Erasures;

namespace IotHubDsr.Module.Tests.Requests;

public sealed class RequestLifeTests
{
    private const string Place = "contosorouted/raw-json";
    private const string Performer = "Petra Performer";
    private const string Evidence = "Called back on 0171-555";
    private const string Ground = "Case 7 C 12/26";

    [Fact]
    public void Request_FromRegistrationToTheEndOfItsKey()
    {
        using var session = new RequestSession();
        using var files = new X509Files();
        files.Write("petra");
        string id = session
            .Run("param($evidence) New-IotDataRequest th-001 -IdentityEvidence $evidence", Evidence)
            .Single()
            .Text("RequestId");
        session.Run(
            "param($id, $place, $ground) $held = (Get-IotDataLocation | Where-Object Place -eq $place).Id; "
                + "Set-IotDataRequest $id -Hold -LocationId $held -Ground $ground -ReviewAt ([DateTimeOffset]::Now.AddDays(40))",
            id,
            Place,
            Ground
        );

        ModuleOutcome erased = session.Run(
            "param($id, $path, $pem, $performer) New-IotErasurePlan th-001 $path | Remove-IotDeviceData -RequestId $id "
                + "-SigningCertificate $pem -Performer $performer -Force",
            id,
            session.File("plan.json"),
            files.Path("petra.pem"),
            Performer
        );

        Assert.Equal(("Held", 0L), (Receipt(erased).Text("Verdict"), Receipt(erased).Number("RecordsErased")));
        Assert.Contains(Ground, Receipt(erased).Text("Detail"), StringComparison.Ordinal);
        Assert.True(new ArchiveState(session.Module.Sandbox).CountOf("th-001") > 0);
        PSObject request = session.Get(id);
        Assert.Equal(("ActionNeeded", Ground), (request.Text("Status"), Assert.Single(request.Items("Holds")).Text("Ground")));

        ModuleOutcome released = session.Run(
            "param($id) Set-IotDataRequest $id -Release -LocationId $held | Resume-IotDataRequest -Force",
            id
        );

        Assert.True(Receipt(released).Number("RecordsErased") > 0);
        Assert.Equal(0, new ArchiveState(session.Module.Sandbox).CountOf("th-001"));
        Assert.Equal(request.Get("DueAt"), session.Get(id).Get("DueAt"));

        ModuleOutcome tested = session.Run(
            "param($id, $pem) Test-IotDeviceDataErasure $id -SigningCertificate $pem",
            id,
            files.Path("petra.pem")
        );

        Assert.Equal(released.Output.Count, tested.Output.Count);
        AssertCertified(session, id, files.Path("petra.cer"), [true, false, true]);
        AssertNothingPersonalAfterTheKey(session, id);
    }

    [Fact]
    public void Decisions_AreOnRecord()
    {
        using var session = new RequestSession();
        string id = session.Erase("th-001");
        DateTimeOffset received = session.Get(id).Value<DateTimeOffset>("ReceivedAt");

        PSObject extended = session.Run("param($id) Set-IotDataRequest $id -ExtensionReason 'Four hubs'", id).Single();
        PSObject noted = session
            .Run(
                "param($id) $hook = (Get-IotDataRequest $id).Locations | Where-Object Kind -eq Webhook; "
                    + "Set-IotDataRequest $id -LocationId $hook.LocationId -OwnerActionNote 'Ticket 4711'",
                id
            )
            .Single();

        Assert.Equal(("Four hubs", received.AddMonths(3)), (extended.Text("ExtensionReason"), extended.Value<DateTimeOffset>("DueAt")));
        PSObject location = Assert.Single(noted.Items("Locations"), one => one.Text("Kind") == "Webhook");
        Assert.Equal(("OwnerAction", "True"), (location.Text("Verdict"), location.Text("IsOwnerActionDone")));
        Assert.DoesNotContain("Ticket 4711", File.ReadAllText(Path.Combine(session.Store, id, "journal.jsonl")), StringComparison.Ordinal);
    }

    [Fact]
    public void Recipient_IsAskedInAFile_AndTheAnswerIsOnRecordWithItsDate()
    {
        using var session = new RequestSession();
        ModuleOutcome erased = session.Run(
            "Remove-IotDeviceData th-001 -Force -RawIdentities -StatusCallbackUrl https://contoso.example/done"
        );
        string id = erased.Output[0].Text("RequestId");

        PSObject asked = session.Run("param($id) (Get-IotDataRequest $id).Locations | Where-Object Kind -eq Webhook", id).Single();
        PSObject noted = session
            .Run(
                "param($id) $hook = (Get-IotDataRequest $id).Locations | Where-Object Kind -eq Webhook; "
                    + "(Set-IotDataRequest $id -LocationId $hook.LocationId -OwnerActionNote 'Erased' -OwnerActionAt ([DateTimeOffset]::UtcNow)).Locations "
                    + "| Where-Object Kind -eq Webhook",
                id
            )
            .Single();

        string file = File.ReadAllText(asked.Text("RequestFile"));
        Assert.Contains("\"identity_value\": \"th-001\"", file, StringComparison.Ordinal);
        Assert.Contains("\"https://contoso.example/done\"", file, StringComparison.Ordinal);
        Assert.StartsWith(Path.Combine(session.Store, id, "private"), asked.Text("RequestFile"), StringComparison.Ordinal);
        Assert.Equal(("True", "Erased"), (noted.Text("IsOwnerActionDone"), noted.Text("OwnerActionNote")));
        Assert.Equal(asked.Text("RequestFileDigest"), noted.Text("RequestFileDigest"));
        Assert.Equal(TimeProvider.System.GetUtcNow().Date, noted.Value<DateTimeOffset>("OwnerActionAt").UtcDateTime.Date);
    }

    [Theory]
    [InlineData("http://contoso.example")]
    [InlineData("/callbacks")]
    public void Callback_ThatIsNoHttpsAddress_IsRefused(string url)
    {
        using var session = new RequestSession();

        ModuleOutcome outcome = session.Module.TryRun($"Remove-IotDeviceData th-001 -Force -StatusCallbackUrl {url}");

        Assert.Contains("https", $"{outcome.Errors[0]}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-DestroyKey -Reason x", true)]
    [InlineData("-ExtensionReason x", false)]
    [InlineData("-AnswerNote x", false)]
    public void DestroyKey_AsksByDefault_AndTheOtherDecisionsDoNot(string decision, bool asks)
    {
        using var session = new RequestSession();
        string id = session.Register("th-001");
        session.Module.Host.Answer = _ => "No";

        ModuleOutcome outcome = session.Run($"param($id) Set-IotDataRequest $id {decision}", id);

        Assert.Equal(asks, session.Module.Host.Questions.Count > 0);
        Assert.Equal(asks, outcome.Output.Count == 0);
        Assert.False(session.Get(id).Value<bool>("IsAnonymised"));
    }

    [Fact]
    public void DecisionOtherThanTheEndOfTheKey_AsksWhereThePreferenceIsMedium()
    {
        using var session = new RequestSession();
        string id = session.Register("th-001");
        session.Module.Host.Answer = _ => "No";

        session.Run("param($id) $ConfirmPreference = 'Medium'; Set-IotDataRequest $id -AnswerNote x", id);

        Assert.NotEmpty(session.Module.Host.Questions);
        Assert.Equal("Received", session.Get(id).Text("Status"));
    }

    [Fact]
    public void DestroyKey_OfAnOpenRequest_IsRefused()
    {
        using var session = new RequestSession();
        string id = session.Register("th-001");

        session.Module.TryRun("param($id) Set-IotDataRequest $id -DestroyKey -Force", id).AssertOnly("RequestNotClosed");

        Assert.Equal("th-001", Assert.Single(session.Get(id).Items("DeviceId")).ToString());
    }

    [Fact]
    public void Diagnostics_HoldNobodysName()
    {
        using var session = new RequestSession();
        using var files = new X509Files();
        files.Write("petra");
        session.Run(
            "param($evidence, $performer, $pem) Remove-IotDeviceData th-001 -Force -IdentityEvidence $evidence -Performer $performer "
                + "-SigningCertificate $pem | Out-Null",
            Evidence,
            Performer,
            files.Path("petra.pem")
        );
        string id = session.Run("Get-IotDataRequest").Single().Text("RequestId");
        session.Run("param($id) Set-IotDataRequest $id -ExtensionReason 'Four hubs of Ana'", id);

        PSObject given = session.Run("param($path) Get-IotDataRequest -Diagnostics $path", session.File("support.zip")).Single();

        string bundle = RequestSession.TextOf(session.File("support.zip"));
        Assert.Equal(id, given.Text("RequestId"));
        Assert.Contains($"requests/{id}/journal.jsonl", bundle, StringComparison.Ordinal);
        string[] names = ["th-001", Evidence, Performer, "Four hubs", $"{Environment.UserName}@"];
        Assert.All(names, name => Assert.DoesNotContain(name, bundle, StringComparison.Ordinal));
        string journal = File.ReadAllText(Path.Combine(session.Store, id, "journal.jsonl"));
        Assert.Contains(Performer, journal, StringComparison.Ordinal);
        Match thumbprint = Regex.Match(journal, "\"certificateSha256\":\"([0-9a-f]{64})\"");
        Assert.True(thumbprint.Success);
        Assert.DoesNotContain(thumbprint.Groups[1].Value, bundle, StringComparison.Ordinal);
    }

    [Fact]
    public void BlobContainer_IsAStoreLikeAFolder()
    {
        using var session = new RequestSession();

        string id = session
            .Run("param($store) (New-IotDataRequest th-001 -RequestStore $store).RequestId", RequestSession.Container)
            .Single()
            .ToString();
        session.Run(
            "param($store, $id) Remove-IotDeviceData th-001 -Force -RequestId $id -RequestStore $store | Out-Null",
            RequestSession.Container,
            id
        );
        PSObject request = session.Run("param($store) Get-IotDataRequest -RequestStore $store", RequestSession.Container).Single();

        Assert.Equal((id, RequestSession.Container), (request.Text("RequestId"), request.Text("RequestStore")));
        Assert.StartsWith(
            $"{RequestSession.Container}/{id}/certificates/",
            Assert.Single(request.Items("Certificates")).Text("Path"),
            StringComparison.Ordinal
        );
        Assert.Empty(session.Written);
    }

    private static PSObject Receipt(ModuleOutcome outcome) => RemoveTests.Receipt(outcome, Place, "RoutedBlobContainer");

    private static void AssertCertified(RequestSession session, string id, string signer, bool[] isSigned)
    {
        ModuleOutcome checks = session.Run(
            "param($id, $signer, $journal) (Get-IotDataRequest $id).Certificates | Test-IotErasureCertificate -TrustedCertificate "
                + "$signer -JournalPath $journal",
            id,
            signer,
            Path.Combine(session.Store, id, "journal.jsonl")
        );
        Assert.Equal(isSigned, checks.Output.Select(check => check.Value<bool>("IsSigned")));
        Assert.All(checks.Output, check => Assert.Equal("True True", $"{check.Get("IsValid")} {check.Get("IsInJournal")}"));
        Assert.Equal(isSigned, checks.Output.Select(check => check.Value<bool>("IsTrusted")));
        Assert.Equal(Performer, checks.Output[0].Text("Performer"));
    }

    private static void AssertNothingPersonalAfterTheKey(RequestSession session, string id)
    {
        PSObject before = session.Run("param($id, $path) Export-IotDataRequestReport $id $path", id, session.File("before.html")).Single();
        Assert.Contains("th-001", File.ReadAllText(before.Text("Path")), StringComparison.Ordinal);

        PSObject request = session.Run("param($id) Set-IotDataRequest $id -DestroyKey -Reason 'The rehearsal is over' -Force", id).Single();
        session.Run("param($id, $path) Export-IotDataRequestReport $id $path", id, session.File("after.html"));

        Assert.Equal((true, 0, 1L), (request.Value<bool>("IsAnonymised"), request.Items("DeviceId").Count, request.Number("Devices")));
        string left =
            string.Join('\n', Directory.EnumerateFiles(session.Store, "*", SearchOption.AllDirectories).Select(File.ReadAllText))
            + File.ReadAllText(session.File("after.html"));
        string[] texts = ["th-001", Evidence, Ground];
        Assert.All(texts, text => Assert.DoesNotContain(text, left, StringComparison.Ordinal));
        session
            .Module.TryRun("param($id) Resume-IotDataRequest $id -Force; Test-IotDeviceDataErasure $id", id)
            .AssertOnly("RequestAnonymised");
    }
}
