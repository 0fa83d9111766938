using System.Text.Json;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Evidence.Segments;

/// <summary>What the chain of a segment begins with: no segment can be put in the place of another one.</summary>
/// <param name="Folder">The request.</param>
/// <param name="Work">The work in it that the unit is a part of.</param>
/// <param name="Unit">Digest of the unit.</param>
/// <param name="Plan">Digest of the plan that is run; null where none is.</param>
internal sealed record SegmentStart(string Folder, string Work, string Unit, string? Plan = null)
{
    /// <summary>What the first line refers to.</summary>
    public JournalHead Head =>
        new(
            0,
            CanonicalJson.Digest(
                JsonSerializer.SerializeToElement(
                    new
                    {
                        Folder,
                        Work,
                        Unit,
                        Plan,
                    },
                    JournalContract.Json
                )
            )
        );
}
