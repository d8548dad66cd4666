// Short names for the generated schemas. Nothing is declared here that the contract does not hold.
import type { components } from './schema';

type Schemas = components['schemas'];

export type About = Schemas['About'];
export type Advice = Schemas['Advice'];
export type Change = Schemas['Change'];
export type ChangeList = Schemas['ChangeList'];
export type ClassWithCount = Schemas['ClassWithCount'];
export type Conflict = Schemas['Conflict'];
export type Edit = Schemas['Edit'];
export type EditResult = Schemas['EditResult'];
export type Facet = Schemas['Facet'];
export type Facets = Schemas['Facets'];
export type FacetValue = Schemas['FacetValue'];
export type Filter = Schemas['Filter'];
export type HistoryEntry = Schemas['HistoryEntry'];
export type Job = Schemas['Job'];
export type LabelState = Schemas['LabelState'];
export type ModelRun = Schemas['ModelRun'];
export type Neighbour = Schemas['Neighbour'];
export type Position = Schemas['Position'];
export type Preferences = Schemas['Preferences'];
export type Problem = Schemas['Problem'];
export type Project = Schemas['Project'];
export type ProjectCard = Schemas['ProjectCard'];
export type Result = Schemas['Result'];
export type Sample = Schemas['Sample'];
export type Session = Schemas['Session'];
export type Sort = Schemas['Sort'];
export type Split = Schemas['Split'];
export type ViewState = Schemas['ViewState'];

// Sequence numbers and ordinals are plain integers on the wire.
export type SequenceNumber = number;
export type Ordinal = number;
