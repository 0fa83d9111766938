using System.Text.Json;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Evidence.Plans;

/// <summary>
/// A plan as a file: <c>{"digest":"sha256:…","plan":{…}}</c> in canonical form, so that one byte that differs shows. The plan names
/// the hub, the options and each step with what it expects; each step has a line that a person can read.
/// </summary>
internal static class PlanDocument
{
    public const string Format = "IotHubDsr erasure plan 1";

    private static readonly JsonDocumentOptions Bounded = new() { MaxDepth = 16 };

    /// <summary>The plan with the digest of its canonical form.</summary>
    public static ErasurePlan Seal(ErasurePlan plan) => plan with { Digest = Digests.Of(Canonical(plan)) };

    /// <summary>The plan itself, if it is still what was sealed: properties of an object can be set from PowerShell.</summary>
    /// <exception cref="DsrException">Its digest does not match its content.</exception>
    public static ErasurePlan RequireSealed(ErasurePlan plan) =>
        Digests.Of(Canonical(plan)) == plan.Digest
            ? plan
            : throw FaultCatalogue.InvalidPlan.Exception(plan.Path ?? plan.Digest, "its digest does not match its content.");

    /// <summary>The bytes of the file.</summary>
    public static byte[] Write(ErasurePlan plan)
    {
        byte[] canonical = Canonical(plan);
        return CanonicalWriter.ToArray(writer =>
        {
            writer.StartObject();
            writer.Member("digest", Digests.Of(canonical));
            writer.Name("plan");
            writer.Raw(canonical);
            writer.EndObject();
        });
    }

    /// <summary>Reads a file, and refuses one that differs in any byte from what was written.</summary>
    /// <exception cref="DsrException">It is not a plan, or not as it was saved.</exception>
    public static ErasurePlan Read(string path, ReadOnlyMemory<byte> file)
    {
        try
        {
            using var document = JsonDocument.Parse(file, Bounded);
            if (!CanonicalJson.IsCanonical(file, document.RootElement))
                throw FaultCatalogue.InvalidPlan.Exception(path, "its bytes are not in canonical form.");
            JsonElement plan = document.RootElement.GetProperty("plan");
            string digest = Digests.Of(CanonicalJson.Write(plan));
            if (document.RootElement.GetProperty("digest").GetString() != digest)
                throw FaultCatalogue.InvalidPlan.Exception(path, "its digest does not match its content.");
            ErasurePlan read = PlanReader.Read(plan) with { Digest = digest, Path = path };
            return Digests.Of(Canonical(read)) == digest
                ? read
                : throw FaultCatalogue.InvalidPlan.Exception(path, "it has parts that are unknown to this version.");
        }
        catch (Exception exception)
            when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new DsrException(FaultCatalogue.InvalidPlan.For(path, exception.Message), exception);
        }
    }

    private static byte[] Canonical(ErasurePlan plan) => CanonicalWriter.ToArray(writer => PlanWriter.Write(plan, writer));
}
