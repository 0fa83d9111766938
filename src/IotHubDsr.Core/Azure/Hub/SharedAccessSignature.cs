using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace IotHubDsr.Core.Azure.Hub;

/// <summary>The token that a shared access key makes: the hub's name and an expiry, signed.</summary>
internal static class SharedAccessSignature
{
    public const string Scheme = "SharedAccessSignature";

    public static string Create(HubConnectionString connectionString, DateTimeOffset expiry)
    {
        // What is signed must be the very characters that are sent, so the target is encoded once for both.
        string target = Uri.EscapeDataString(connectionString.HostName);
        string expires = expiry.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signature = HMACSHA256.HashData(connectionString.Key.Span, Encoding.UTF8.GetBytes($"{target}\n{expires}"));
        return $"{Scheme} sr={target}&sig={Uri.EscapeDataString(Convert.ToBase64String(signature))}"
            + $"&se={expires}&skn={Uri.EscapeDataString(connectionString.PolicyName)}";
    }
}
