using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;

namespace IotHubDsr.Core.Tests.Packages.Envelopes;

/// <summary>A test that needs openssl, and says so where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OpenSslTheoryAttribute : TheoryAttribute
{
    public OpenSslTheoryAttribute()
    {
        if (!OpenSsl.IsThere)
            Skip = "openssl is not on the path.";
    }
}

/// <summary>The tool that recipients have.</summary>
internal static class OpenSsl
{
    public static bool IsThere { get; } = Run("version") == 0;

    /// <summary>Opens an envelope with a recipient's key.</summary>
    public static async Task<byte[]> DecryptAsync(string envelope, X509Certificate2 recipient, string folder)
    {
        string pem = Path.Combine(folder, "recipient.pem");
        string output = Path.Combine(folder, "opened");
        string key = recipient.GetRSAPrivateKey()?.ExportPkcs8PrivateKeyPem()
            ?? recipient.GetECDiffieHellmanPrivateKey()!.ExportPkcs8PrivateKeyPem();
        await File.WriteAllTextAsync(pem, $"{recipient.ExportCertificatePem()}\n{key}\n");
        Assert.Equal(0, Run("cms", "-decrypt", "-binary", "-inform", "DER", "-in", envelope, "-recip", pem, "-inkey", pem, "-out", output));
        return await File.ReadAllBytesAsync(output);
    }

    private static int Run(params string[] arguments)
    {
        try
        {
            using Process tool = Process.Start(
                new ProcessStartInfo("openssl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
            )!;
            Task<string> output = tool.StandardOutput.ReadToEndAsync();
            Task<string> error = tool.StandardError.ReadToEndAsync();
            tool.WaitForExit();
            Task.WaitAll(output, error);
            return tool.ExitCode;
        }
        catch (Win32Exception)
        {
            return -1;
        }
    }
}
