namespace IotHubDsr.Archives;

/// <summary>That a record concerns a subject, and how.</summary>
internal readonly record struct SubjectMatch(int Subject, MatchKind Kind);

/// <summary>
/// Gathers the devices that one record names and says which subjects it concerns. A walker calls <see cref="Reset"/>, then
/// <see cref="AddSender"/> and <see cref="AddAttribution"/> for every name in any order, as records may repeat a key.
/// </summary>
internal sealed class RecordMatcher(SubjectIndex subjects)
{
    private int[] _senders = new int[4];
    private int[] _attributed = new int[4];
    private SubjectMatch[] _matches = new SubjectMatch[8];
    private int _senderCount;
    private int _attributedCount;
    private bool _attributedElsewhere;

    // The system property as storage endpoints name it, and as every other endpoint does.
    private static ReadOnlySpan<byte> ConnectionDeviceId => "connectionDeviceId"u8;

    private static ReadOnlySpan<byte> ConnectionDeviceIdAnnotation => "iothub-connection-device-id"u8;

    // The application properties that IoT Hub's own notifications, and gateways, name the device in.
    private static ReadOnlySpan<byte> DeviceIdProperty => "deviceId"u8;

    private static ReadOnlySpan<byte> ConnectionDeviceIdProperty => "ConnectionDeviceId"u8;

    /// <summary>Whether a key of this length can be one of the names: quicker than to look at it.</summary>
    public static bool MayBeName(int length) => length is 8 or 18 or 27;

    public bool HasMatch => (_senderCount | _attributedCount) != 0;

    public static bool NamesSender(ReadOnlySpan<byte> systemProperty)
        => systemProperty.SequenceEqual(ConnectionDeviceId) || systemProperty.SequenceEqual(ConnectionDeviceIdAnnotation);

    public static bool NamesAttribution(ReadOnlySpan<byte> property)
        => property.SequenceEqual(DeviceIdProperty) || property.SequenceEqual(ConnectionDeviceIdProperty);

    public void Reset()
    {
        _senderCount = 0;
        _attributedCount = 0;
        _attributedElsewhere = false;
    }

    /// <summary>Any entry of Properties or SystemProperties: whether it names a device is judged here.</summary>
    public void AddProperty(bool system, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (system)
        {
            if (NamesSender(key))
            {
                AddSender(value);
            }
        }
        else if (NamesAttribution(key))
        {
            AddAttribution(value);
        }
    }

    public void AddSender(ReadOnlySpan<byte> deviceId)
    {
        if (subjects.TryFind(deviceId, out var subject))
        {
            Append(ref _senders, ref _senderCount, subject);
        }
    }

    public void AddAttribution(ReadOnlySpan<byte> deviceId)
    {
        if (subjects.TryFind(deviceId, out var subject))
        {
            Append(ref _attributed, ref _attributedCount, subject);
        }
        else if (!deviceId.IsEmpty)
        {
            _attributedElsewhere = true;
        }
    }

    /// <summary>Each subject that the record concerns, once; valid until the next reset.</summary>
    public ReadOnlySpan<SubjectMatch> Resolve()
    {
        var senders = Distinct(_senders, _senderCount);
        var attributed = Distinct(_attributed, _attributedCount);
        var count = 0;
        foreach (var sender in senders)
        {
            var ownProperty = attributed.BinarySearch(sender) >= 0 ? 1 : 0;
            var relayed = _attributedElsewhere || attributed.Length > ownProperty;
            Append(ref _matches, ref count, new SubjectMatch(sender, relayed ? MatchKind.Relayed : MatchKind.Own));
        }

        foreach (var subject in attributed)
        {
            if (senders.BinarySearch(subject) < 0)
            {
                Append(ref _matches, ref count, new SubjectMatch(subject, MatchKind.Attributed));
            }
        }

        return _matches.AsSpan(0, count);
    }

    private static ReadOnlySpan<int> Distinct(int[] found, int count)
    {
        var sorted = found.AsSpan(0, count);
        sorted.Sort();
        var distinct = 0;
        foreach (var subject in sorted)
        {
            if (distinct == 0 || sorted[distinct - 1] != subject)
            {
                sorted[distinct++] = subject;
            }
        }

        return sorted[..distinct];
    }

    private static void Append<T>(ref T[] items, ref int count, T item)
    {
        if (count == items.Length)
        {
            Array.Resize(ref items, count * 2);
        }

        items[count++] = item;
    }
}
