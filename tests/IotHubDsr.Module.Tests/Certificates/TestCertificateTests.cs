using System.Management.Automation;

namespace IotHubDsr.Module.Tests.Certificates;

/// <summary>
/// Certificates as somebody checks them who has the module and nothing else: no hub, no connection. The files were issued by an earlier
/// build, and must be valid for ever.
/// </summary>
public sealed class TestCertificateTests : IDisposable
{
    private static readonly string Folder = Path.Combine(RepositoryPaths.Root, "tests", "IotHubDsr.Module.Tests", "Certificates", "Files");

    private readonly ModuleSession _session = ModuleSession.Open();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Test_SignedByTheTrustedSigner_IsValidSignedAndTrusted()
    {
        PSObject check = _session
            .Run(
                "param($file, $signer) Test-IotErasureCertificate $file -TrustedCertificate $signer",
                In("0001.dsse.json"),
                In("signer.cer")
            )
            .Single();

        Assert.Equal("", check.Text("Reason"));
        Assert.Equal("True True True", $"{check.Get("IsValid")} {check.Get("IsSigned")} {check.Get("IsTrusted")}");
        Assert.Equal(
            ("CN=Privacy Office", "20261124T120000Z-0a1b2c3d", "ErasurePending", In("0001.dsse.json")),
            (check.Text("Signer"), check.Text("RequestId"), check.Text("OverallVerdict"), check.Text("Path"))
        );
        Assert.Equal(2, check.Items("Locations").Count);
    }

    [Fact]
    public void Test_NotTrustedAndNotSigned_AreResultsOfTheirOwn()
    {
        ModuleOutcome outcome = _session.Run(
            "param($folder) Test-IotErasureCertificate $folder/0001.dsse.json; Test-IotErasureCertificate -Path $folder/unsigned.dsse.json",
            Folder
        );

        Assert.Equal(
            ["True True False", "True False False"],
            outcome.Output.Select(check => $"{check.Get("IsValid")} {check.Get("IsSigned")} {check.Get("IsTrusted")}")
        );
        Assert.Contains("not trusted", outcome.Output[0].Text("Reason"), StringComparison.Ordinal);
        Assert.Contains("not signed", outcome.Output[1].Text("Reason"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "param($folder) [IO.DirectoryInfo]::new($folder).GetFiles('000*.json') | Test-IotErasureCertificate -JournalPath "
            + "$folder/journal.jsonl"
    )]
    [InlineData(
        "param($folder) [pscustomobject]@{ Path = \"$folder/0002.dsse.json\" }, [pscustomobject]@{ Path = \"$folder/0001.dsse.json\" } | "
            + "Test-IotErasureCertificate -JournalPath $folder/journal.jsonl"
    )]
    public void Test_ChainFromThePipelineWithItsJournal_HoldsTogether(string script)
    {
        ModuleOutcome outcome = _session.Run(script, Folder);

        Assert.Equal(2, outcome.Output.Count);
        Assert.All(outcome.Output, check => Assert.Equal("True True", $"{check.Get("IsValid")} {check.Get("IsInJournal")}"));
        Assert.Equal(["", "True"], outcome.Output.Select(check => check.Text("IsPredecessorShown")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Test_ChangedFile_IsNotValidAndTellsNothingElse()
    {
        using var folder = new TemporaryFolder();
        byte[] file = File.ReadAllBytes(In("0001.dsse.json"));
        file[file.Length / 2] ^= 1;
        File.WriteAllBytes(folder.File("changed [1].json"), file);

        PSObject check = _session.Run("param($file) Test-IotErasureCertificate $file", folder.File("changed [1].json")).Single();

        Assert.Equal("False  ", $"{check.Get("IsValid")} {check.Get("RequestId")} {check.Get("Signer")}");
        Assert.NotEmpty(check.Text("Reason"));
    }

    [Fact]
    public void Test_AnotherJournal_IsNotValid()
    {
        using var folder = new TemporaryFolder();
        string[] lines = File.ReadAllLines(In("journal.jsonl"));
        File.WriteAllText(folder.File("short.jsonl"), lines[0] + "\n");
        File.WriteAllText(folder.File("broken.jsonl"), lines[1] + "\n");

        ModuleOutcome outcome = _session.Run(
            "param($file, $folder) 'short', 'broken' | ForEach-Object { Test-IotErasureCertificate $file -JournalPath "
                + "\"$folder/$_.jsonl\" }",
            In("0002.dsse.json"),
            folder.Path
        );

        Assert.All(outcome.Output, check => Assert.Equal("False False", $"{check.Get("IsValid")} {check.Get("IsInJournal")}"));
        Assert.Contains("Line 1 of the journal", outcome.Output[1].Text("Reason"), StringComparison.Ordinal);
    }

    [Fact]
    public void Test_JournalWhoseLastLineWasCutByAKill_IsTheJournalUpToThere()
    {
        using var folder = new TemporaryFolder();
        string journal = File.ReadAllText(In("journal.jsonl"));
        File.WriteAllText(folder.File("cut.jsonl"), journal + journal[..40]);

        PSObject check = _session
            .Run(
                "param($file, $journal) Test-IotErasureCertificate $file -JournalPath $journal",
                In("0002.dsse.json"),
                folder.File("cut.jsonl")
            )
            .Single();

        Assert.Equal("True True", $"{check.Get("IsValid")} {check.Get("IsInJournal")}");
    }

    [Fact]
    public void Test_FileThatCannotBeRead_IsAnErrorAndTheOthersGoOn()
    {
        ModuleOutcome outcome = _session.TryRun(
            "param($folder) Test-IotErasureCertificate $folder/none.json, $folder/0001.dsse.json, $folder",
            Folder
        );

        outcome.AssertOnly("FileNotRead");
        Assert.Equal(2, outcome.Errors.Count);
        Assert.Single(outcome.Output);
    }

    [Fact]
    public void Test_Views_FitTheScreenAndShowTheThreeAnswers()
    {
        ModuleOutcome outcome = _session.Run(
            "param($folder) '0001', 'unsigned' | ForEach-Object { Test-IotErasureCertificate \"$folder/$_.dsse.json\" } | Out-Default",
            Folder
        );

        Assert.Contains(_session.Host.Lines, line =>
            line.Contains("not trusted", StringComparison.Ordinal) && line.Contains("True", StringComparison.Ordinal)
        );
        Assert.Contains(_session.Host.Lines, line => line.Contains("unsigned", StringComparison.Ordinal));
        Assert.Empty(outcome.Output);
    }

    private static string In(string name) => Path.Combine(Folder, name);
}
