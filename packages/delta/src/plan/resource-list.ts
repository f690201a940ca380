import { codecOf } from '../operations.js';
import { NO_RESOURCE } from '../package-table.js';

export interface PlannedResource {
  readonly operation: number;
  readonly bytes: Uint8Array;
}

/** The resources of a package in the making, and what operations read out of them. */
export class ResourceList {
  readonly resources: PlannedResource[] = [];
  private readonly models: unknown[] = [];
  private readonly shared = new Map<number, number>();

  /** @returns its index */
  add(operation: number, bytes: Uint8Array): number {
    this.models.push(codecOf(operation).readModel!(bytes));
    return this.resources.push({ operation, bytes }) - 1;
  }

  /** Adds a resource for all tensors of an operation. */
  share(operation: number, bytes: Uint8Array): void {
    this.shared.set(operation, this.add(operation, bytes));
  }

  sharedOf(operation: number): number {
    return this.shared.get(operation) ?? NO_RESOURCE;
  }

  modelOf(resource: number): unknown {
    return resource === NO_RESOURCE ? undefined : this.models[resource];
  }
}
