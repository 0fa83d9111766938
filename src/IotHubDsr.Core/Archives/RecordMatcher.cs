namespace IotHubDsr.Archives;

/// <summary>That a record concerns a subject, and how.</summary>
internal readonly record struct SubjectMatch(int Subject, MatchKind Kind);

/// <summary>
/// Gathers the devices that one record names and says which subjects it concerns. A walker calls <see cref="Reset"/>, then
/// <see cref="AddSender"/>, <see cref="AddAttribution"/>, <see cref="AddMention"/> and <see cref="AddSource"/> for every name in any
/// order, as records may repeat a key.
/// </summary>
internal sealed class RecordMatcher(SubjectIndex subjects)
{
    private int[] _senders = new int[4];
    private int[] _attributed = new int[4];
    private int[] _mentioned = new int[4];
    private SubjectMatch[] _matches = new SubjectMatch[8];
    private int _senderCount;
    private int _attributedCount;
    private int _mentionedCount;
    private bool _attributedElsewhere;
    private bool _isOfAnotherHub;

    // The system property as storage endpoints name it, and as every other endpoint does.
    private static ReadOnlySpan<byte> ConnectionDeviceId => "connectionDeviceId"u8;

    private static ReadOnlySpan<byte> ConnectionDeviceIdAnnotation => "iothub-connection-device-id"u8;

    // The application properties that IoT Hub's own notifications, and gateways, name the device in.
    private static ReadOnlySpan<byte> DeviceIdProperty => "deviceId"u8;

    private static ReadOnlySpan<byte> ConnectionDeviceIdProperty => "ConnectionDeviceId"u8;

    /// <summary>Whether a key of this length can be one of the names: quicker than to look at it.</summary>
    public static bool MayBeName(int length) => length is 8 or 18 or 27;

    public bool HasMatch => (_senderCount | _attributedCount | _mentionedCount) != 0 && !_isOfAnotherHub;

    public static bool NamesSender(ReadOnlySpan<byte> systemProperty)
        => systemProperty.SequenceEqual(ConnectionDeviceId) || systemProperty.SequenceEqual(ConnectionDeviceIdAnnotation);

    public static bool NamesGeneration(ReadOnlySpan<byte> systemProperty)
        => systemProperty.SequenceEqual("connectionDeviceGenerationId"u8)
            || NamesGenerationAnnotation(systemProperty);

    /// <summary>As every endpoint but storage names it.</summary>
    public static bool NamesGenerationAnnotation(ReadOnlySpan<byte> property) => property.SequenceEqual("iothub-connection-auth-generation-id"u8);

    public static bool NamesEnqueuedTime(ReadOnlySpan<byte> systemProperty)
        => systemProperty.SequenceEqual("enqueuedTime"u8) || systemProperty.SequenceEqual("iothub-enqueuedtime"u8);

    public static bool NamesAttribution(ReadOnlySpan<byte> property)
        => property.SequenceEqual(DeviceIdProperty) || property.SequenceEqual(ConnectionDeviceIdProperty);

    public void Reset()
    {
        _senderCount = 0;
        _attributedCount = 0;
        _mentionedCount = 0;
        _attributedElsewhere = false;
        _isOfAnotherHub = false;
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

    /// <summary>Any entry of a captured event's Properties, where the hub's annotation of the sender may lie too.</summary>
    public void AddCapturedProperty(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.SequenceEqual(ConnectionDeviceIdAnnotation))
        {
            AddSender(value);
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

    /// <summary>The resource that the record comes from.</summary>
    public void AddSource(ReadOnlySpan<byte> resource) => _isOfAnotherHub |= subjects.Origin?.IsAnotherHub(resource) == true;

    /// <summary>Name of the hub that the record comes from.</summary>
    public void AddSourceHub(ReadOnlySpan<byte> name) => _isOfAnotherHub |= subjects.Origin?.IsAnotherHubName(name) == true;

    /// <summary>A text in the body.</summary>
    public void AddMention(ReadOnlySpan<byte> text)
    {
        if (subjects.TryFind(text, out var subject))
        {
            Append(ref _mentioned, ref _mentionedCount, subject);
        }
    }

    /// <summary>Each subject that the record concerns, once; valid until the next reset.</summary>
    public ReadOnlySpan<SubjectMatch> Resolve(in RecordFacts facts)
    {
        var senders = Distinct(_senders, _senderCount);
        var attributed = Distinct(_attributed, _attributedCount);
        var count = 0;
        foreach (var sender in senders)
        {
            var ownProperty = attributed.BinarySearch(sender) >= 0 ? 1 : 0;
            var relayed = _attributedElsewhere || attributed.Length > ownProperty;
            Add(sender, relayed ? MatchKind.Relayed : MatchKind.Own, facts, ref count);
        }

        foreach (var subject in attributed)
        {
            if (senders.BinarySearch(subject) < 0)
            {
                Add(subject, MatchKind.Attributed, facts, ref count);
            }
        }

        foreach (var subject in Distinct(_mentioned, _mentionedCount))
        {
            if (senders.BinarySearch(subject) < 0 && attributed.BinarySearch(subject) < 0)
            {
                Add(subject, MatchKind.Mentioned, facts, ref count);
            }
        }

        return _matches.AsSpan(0, count);
    }

    private void Add(int subject, MatchKind kind, in RecordFacts facts, ref int count)
    {
        if (subjects.SubjectOf(subject).Includes(kind, facts))
        {
            Append(ref _matches, ref count, new SubjectMatch(subject, kind));
        }
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
