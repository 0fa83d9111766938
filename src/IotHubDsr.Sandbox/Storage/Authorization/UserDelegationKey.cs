using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using IotHubDsr.Sandbox.Storage.Rest;

namespace IotHubDsr.Sandbox.Storage.Authorization;

/// <summary>
/// A key that a signed-in user is given to sign shared access signatures with. Nothing is kept of it: the service makes it again from what
/// the signature says of it.
/// </summary>
internal sealed record UserDelegationKey(string ObjectId, string TenantId, string Start, string Expiry, string Service, string Version)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);
    private static readonly byte[] s_secret = RandomNumberGenerator.GetBytes(32);

    public byte[] Value =>
        HMACSHA256.HashData(s_secret, Encoding.UTF8.GetBytes(string.Join('\n', ObjectId, TenantId, Start, Expiry, Service, Version)));

    /// <summary>Get User Delegation Key.</summary>
    public static StorageResponse Issue(Blobs.BlobContent body, string objectId, string tenantId, string version, DateTimeOffset now)
    {
        XElement info = XmlBody.Parse(body);
        string start = (string?)info.Element("Start") is { Length: > 0 } given ? given : Text(now);
        string expiry = (string?)info.Element("Expiry") ?? "";
        if (
            info.Name != "KeyInfo"
            || Time(start) is not { } from
            || Time(expiry) is not { } until
            || until <= now
            || until <= from
            || until - now > Longest
        )
        {
            throw new StorageException(
                StorageErrors.InvalidXmlDocument with
                {
                    Message = "The key's Start and Expiry must be times, in that order, and not more than 7 days from now.",
                }
            );
        }

        var key = new UserDelegationKey(objectId, tenantId, Text(from), Text(until), "b", version);
        return XmlBody.Respond(200, writer =>
        {
            writer.WriteStartElement("UserDelegationKey");
            writer.Element("SignedOid", key.ObjectId);
            writer.Element("SignedTid", key.TenantId);
            writer.Element("SignedStart", key.Start);
            writer.Element("SignedExpiry", key.Expiry);
            writer.Element("SignedService", key.Service);
            writer.Element("SignedVersion", key.Version);
            writer.Element("Value", Convert.ToBase64String(key.Value));
            writer.WriteEndElement();
        });
    }

    public bool IsValidAt(DateTimeOffset now) => Time(Start) <= now && Time(Expiry) > now;

    private static DateTimeOffset? Time(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
