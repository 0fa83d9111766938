using System.Text.Json;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Evidence.Plans;

/// <summary>
/// A plan as a file: <c>{"digest":"sha256:…","plan":{…}}</c> in canonical form, so that one byte that differs shows. The plan names
/// the hub, the options and each step with what it expects; each step has a line that a person can read. A plan of many steps or items has
/// the form of a table (see <see cref="PlanTable"/>); its items stand in a file beside it (see <see cref="PlanItems"/>).
/// </summary>
internal static class PlanDocument
{
    /// <summary>The form of a plan that says everything of each step.</summary>
    public const int StepFormat = 1;

    /// <summary>The form of a plan of many steps or items.</summary>
    public const int TableFormat = 2;

    private const string Name = "IotHubDsr erasure plan ";

    /// <summary>More steps, or items of all steps, make a table.</summary>
    private const int MostInSteps = 2_000;

    private static readonly JsonDocumentOptions Bounded = new() { MaxDepth = 16 };

    public static string NameOf(int format) => $"{Name}{format}";

    /// <summary>The format with a name; null when there is none.</summary>
    public static int? FormatOf(string name) =>
        name == NameOf(StepFormat) ? StepFormat
        : name == NameOf(TableFormat) ? TableFormat
        : null;

    /// <summary>The plan in the form that suits its size.</summary>
    public static ErasurePlan Shape(ErasurePlan plan)
    {
        bool isLarge = plan.Steps.Count > MostInSteps || plan.Steps.Sum(step => (long)step.Finding.Items.Count) > MostInSteps;
        return plan with { Format = isLarge && PlanTable.Of(plan) is not null ? TableFormat : StepFormat };
    }

    /// <summary>The plan with the digest of its canonical form.</summary>
    public static ErasurePlan Seal(ErasurePlan plan) => plan with { Digest = DigestOf(plan) };

    /// <summary>The plan itself, if it is still what was sealed: properties of an object can be set from PowerShell.</summary>
    /// <exception cref="DsrException">Its digest does not match its content.</exception>
    public static ErasurePlan RequireSealed(ErasurePlan plan)
    {
        try
        {
            if (DigestOf(plan) == plan.Digest)
                return plan;
        }
        catch (FormatException)
        {
            // It is not a table any more.
        }

        throw FaultCatalogue.InvalidPlan.Exception(plan.Path ?? plan.Digest, "its digest does not match its content.");
    }

    /// <summary>The bytes of the file.</summary>
    public static byte[] Write(ErasurePlan plan) => CanonicalWriter.ToArray(writer => Write(plan, writer));

    /// <summary>Writes the file; it is not kept as a whole for that.</summary>
    public static void Write(ErasurePlan plan, Stream file) => CanonicalWriter.WriteTo(file, writer => Write(plan, writer));

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
            string digest = CanonicalJson.Digest(plan);
            if (document.RootElement.GetProperty("digest").GetString() != digest)
                throw FaultCatalogue.InvalidPlan.Exception(path, "its digest does not match its content.");
            ErasurePlan read = PlanReader.Read(plan) with { Digest = digest, Path = path };
            return DigestOf(read) == digest
                ? read
                : throw FaultCatalogue.InvalidPlan.Exception(path, "it has parts that are unknown to this version.");
        }
        catch (Exception exception)
            when (exception
                    is JsonException
                        or KeyNotFoundException
                        or InvalidOperationException
                        or FormatException
                        or ArgumentException
                        or OverflowException
            )
        {
            throw new DsrException(FaultCatalogue.InvalidPlan.For(path, exception.Message), exception);
        }
    }

    private static void Write(ErasurePlan plan, CanonicalWriter writer)
    {
        writer.StartObject();
        writer.Member("digest", DigestOf(plan));
        writer.Name("plan");
        PlanWriter.Write(plan, writer);
        writer.EndObject();
    }

    private static string DigestOf(ErasurePlan plan) => CanonicalWriter.Digest(writer => PlanWriter.Write(plan, writer));
}
