using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace IotHubDsr.Core.Evidence.Requests;

/// <summary>
/// The key of one request. The journal and the certificates name subjects, items and texts by hashes under it: with the key they can be
/// resolved; after it is destroyed nobody can, while the hashes of the journal remain valid.
/// </summary>
internal sealed class RequestKey(byte[] key)
{
    private const int Length = 32;
    private const int HashLength = 16;

    public static RequestKey Make() => new(RandomNumberGenerator.GetBytes(Length));

    public static RequestKey Parse(byte[] file) => new(Convert.FromBase64String(Encoding.ASCII.GetString(file).Trim()));

    public byte[] ToFile() => Encoding.ASCII.GetBytes(Convert.ToBase64String(key) + "\n");

    public string Subject(string deviceId) => Hash("subject", deviceId);

    /// <summary>Which of the devices that have an ID one after the other; an empty generation stands for none.</summary>
    public string Generation(string deviceId, string generationId) => Hash("generation", $"{deviceId}\0{generationId}");

    public string Item(string locationId, string path) => Hash("item", $"{locationId}\0{path}");

    /// <summary>A record of an order to erase, see <see cref="Journals.CoveredRecords"/>.</summary>
    public ulong Covered(string locationId, string record) =>
        BinaryPrimitives.ReadUInt64BigEndian(Mac("covered", $"{locationId}\0{record}"));

    public string Text(string text) => Hash("text", text);

    private string Hash(string kind, string value) => Convert.ToHexString(Mac(kind, value).AsSpan(0, HashLength)).ToLowerInvariant();

    private byte[] Mac(string kind, string value) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{kind}\0{value}"));
}
