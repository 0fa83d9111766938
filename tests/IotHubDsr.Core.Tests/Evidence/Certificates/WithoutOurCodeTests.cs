using System.Diagnostics;

namespace IotHubDsr.Core.Tests.Evidence.Certificates;

/// <summary>The commands of docs/checking-a-certificate.md, as they stand there.</summary>
public sealed class WithoutOurCodeTests : IDisposable
{
    private static readonly string s_commands = ReadCommands();

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("certificate-check-");

    public void Dispose() => _folder.Delete(recursive: true);

    [ShellTheory]
    [InlineData("rsa")]
    [InlineData("p256")]
    [InlineData("p384")]
    [InlineData("p521")]
    public async Task Commands_OnACertificateOfOurs_VerifyItsSignature(string kind)
    {
        Write(kind, signer: "Ana Lopez");

        (int exitCode, string output) = await RunAsync();

        Assert.True(exitCode == 0, output);
        Assert.Contains("Verified OK", output, StringComparison.Ordinal);
        Assert.Contains(CertificateGen.Small.Locations[0].Place, output, StringComparison.Ordinal);
    }

    [ShellTheory]
    [InlineData("rsa")]
    [InlineData("p256")]
    public async Task Commands_WhenTheStatementWasChanged_Fail(string kind)
    {
        Write(kind, signer: "Ana Lopez");
        string envelope = Path.Combine(_folder.FullName, "0001.dsse.json");
        string text = await File.ReadAllTextAsync(envelope);
        int at = text.IndexOf("\"payload\":\"", StringComparison.Ordinal) + 60;
        await File.WriteAllTextAsync(envelope, $"{text[..at]}{(text[at] == 'A' ? 'B' : 'A')}{text[(at + 1)..]}");

        (int exitCode, string output) = await RunAsync();

        Assert.NotEqual(0, exitCode);
        Assert.DoesNotContain("Verified OK", output, StringComparison.Ordinal);
    }

    [ShellTheory]
    [InlineData("p256")]
    public async Task Commands_WhenSomebodyElseSigned_Fail(string kind)
    {
        Write(kind, signer: "Ben Ito");

        (int exitCode, string output) = await RunAsync();

        Assert.NotEqual(0, exitCode);
        Assert.DoesNotContain("Verified OK", output, StringComparison.Ordinal);
    }

    /// <summary>A certificate that Ana Lopez signed, and the certificate of who is said to have.</summary>
    private void Write(string kind, string signer)
    {
        File.WriteAllBytes(Path.Combine(_folder.FullName, "0001.dsse.json"), CertificateCheckTests.Issue(CertificateGen.Small, kind));
        File.WriteAllText(Path.Combine(_folder.FullName, "signer.cer"), TestX509.Of(kind, signer).ExportCertificatePem());
    }

    private async Task<(int ExitCode, string Output)> RunAsync()
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", s_commands])
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync() + await errors;
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }

    private static string ReadCommands()
    {
        string text = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "docs", "checking-a-certificate.md")).ReplaceLineEndings("\n");
        IEnumerable<string> blocks = text.Split("```").Where(static (part, index) => index % 2 == 1);
        return string.Join('\n', blocks.Select(static block => block["sh\n".Length..]));
    }

    private sealed class ShellTheoryAttribute : TheoryAttribute
    {
        public ShellTheoryAttribute() =>
            Skip =
                OtherTool.Run("openssl", "version").ExitCode == 0 && OtherTool.Run("jq", "--version").ExitCode == 0
                    ? null
                    : "Needs a POSIX shell, openssl and jq.";
    }
}
