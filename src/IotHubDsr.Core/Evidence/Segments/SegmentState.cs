using IotHubDsr.Core.Evidence.Journals;

namespace IotHubDsr.Core.Evidence.Segments;

/// <summary>What a segment says of its unit.</summary>
/// <param name="Head">Its last line.</param>
/// <param name="Ending">The line that closed it; null while it is open.</param>
internal sealed record SegmentState(JournalHead Head, UnitClosed? Ending)
{
    /// <summary>What it announced to destroy, line by line.</summary>
    public IReadOnlyList<Announced> Announcements { get; init; } = [];

    /// <param name="place">The segment, for a person to find it.</param>
    /// <param name="start">What it must begin with.</param>
    /// <param name="lines">Its lines.</param>
    /// <exception cref="DsrException">It is not the segment of that unit, or was changed.</exception>
    public static SegmentState Read(string place, SegmentStart start, byte[] lines)
    {
        var state = new SegmentState(start.Head, Ending: null);
        foreach ((JournalLine line, JournalHead head) in JournalLine.Read(place, lines, start.Head))
        {
            if (line.Event is not (UnitBegun or UnitReturned or UnitClosed or Announced))
                throw FaultCatalogue.JournalBroken.Exception(place, line.Number, "it does not belong into a segment");
            if (state.Ending is not null)
                throw FaultCatalogue.JournalBroken.Exception(place, line.Number, "the segment was closed before");
            state = state.After(line.Event, head);
        }

        return state;
    }

    public SegmentState After(JournalEvent next, JournalHead head) =>
        new(head, next as UnitClosed) { Announcements = next is Announced announced ? [.. Announcements, announced] : Announcements };
}
